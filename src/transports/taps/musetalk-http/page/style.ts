import { COLOURS } from './colours.js'

/**
 * How the page looks: as the conversation page does. One column on a phone, the picture beside the steps where there is
 * room.
 */
export const STYLE = `${COLOURS}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 12px 16px 40px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
header, main { max-width: 1120px; margin: 0 auto; }
header { display: flex; align-items: center; min-height: 44px; margin-bottom: 12px; }
h1 { margin: 0; font-size: 1.375rem; font-weight: 650; letter-spacing: -0.01em; }
.subtitle { margin-left: 8px; color: var(--quiet); font-size: 0.9375rem; font-weight: 400; letter-spacing: 0; }
.english { color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
main { display: grid; gap: 24px; }
.stage, .steps { min-width: 0; }
.steps { display: grid; gap: 16px; }
.step {
  min-width: 0; padding: 12px 16px 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--card);
}
h2 {
  display: flex; align-items: center; gap: 10px; min-height: 28px; margin: 0 0 10px; font-size: 0.9375rem;
  font-weight: 600;
}
.number {
  flex: none; width: 26px; height: 26px; border-radius: 50%; background: var(--tint); color: var(--accent);
  font-size: 0.8125rem; line-height: 26px; text-align: center;
}
label { display: block; margin: 0 0 4px; font-size: 0.875rem; }
input, button { border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: inherit; font: inherit; }
input { display: block; width: 100%; min-height: 44px; margin: 0 0 12px; padding: 9px 14px; }
input::placeholder { color: var(--quiet); opacity: 0.85; }
input:focus-visible { border-color: var(--accent); outline-width: 2px; outline-offset: -1px; }
button {
  min-height: 44px; padding: 8px 16px; cursor: pointer;
  transition: border-color 0.12s, background-color 0.12s, opacity 0.12s;
}
button:hover:enabled { border-color: var(--accent); }
button:disabled { opacity: 0.45; cursor: default; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 550; }
button.primary .english { color: inherit; opacity: 0.85; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.status { margin: 12px 0 0; color: var(--quiet); font-size: 0.875rem; overflow-wrap: anywhere; }
.status:empty { display: none; }
.status.error { color: var(--error); }
ul { margin: 0 0 12px; padding: 0; list-style: none; max-height: 260px; overflow: auto; }
ul:empty { display: none; }
li + li { border-top: 1px solid var(--line); }
li button {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; width: 100%; padding: 8px 10px;
  border-color: transparent; background: transparent; text-align: left;
}
li button:hover:enabled { border-color: transparent; background: var(--tint); }
li button:focus-visible { outline-offset: -3px; }
.name { flex: 1 1 auto; font-weight: 550; overflow-wrap: anywhere; }
.about { color: var(--quiet); font-size: 0.8125rem; }
figure {
  display: grid; place-items: center; width: 100%; margin: 0; overflow: hidden; border: 1px solid var(--line);
  border-radius: 16px; background: var(--picture); aspect-ratio: 16 / 9;
}
figure > * { grid-area: 1 / 1; }
figure p { margin: 0; padding: 24px; color: var(--quiet); text-align: center; }
figure p span { display: block; }
figure img { display: block; width: 100%; height: 100%; object-fit: contain; }
figure.playing { aspect-ratio: 1; }
@media (min-width: 900px) {
  body { padding: 16px 32px 40px; }
  main { grid-template-columns: minmax(0, 1fr) 400px; gap: 32px; align-items: start; }
  .stage { position: sticky; top: 16px; }
  figure, figure.playing { width: min(100%, max(320px, calc(100dvh - 110px))); margin: 0 auto; aspect-ratio: 1; }
}
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; }
}
`
