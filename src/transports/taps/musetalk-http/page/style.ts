/** How the page looks: one column on a phone, the picture beside the steps where there is room. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f2; --card: #ffffff; --ink: #23262b; --quiet: #646a73; --line: #dedbd3;
  --accent: #1f5f6b; --on-accent: #ffffff; --error: #a3261d; --picture: #e9e6df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #16181b; --card: #1f2226; --ink: #e8e6e1; --quiet: #9aa0a8; --line: #34383e;
    --accent: #7cc4cf; --on-accent: #10262a; --error: #f09a90; --picture: #101214;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; padding: 24px 16px 48px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
header, main { max-width: 1080px; margin: 0 auto; }
h1 { margin: 0 0 20px; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.01em; }
.subtitle { margin-left: 6px; color: var(--quiet); font-size: 1rem; font-weight: 400; letter-spacing: 0; }
.english { color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
main { display: grid; gap: 20px; }
.steps { display: grid; gap: 14px; min-width: 0; }
.step, figure { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.step { padding: 16px 18px 18px; }
h2 { display: flex; align-items: center; gap: 10px; margin: 0 0 12px; font-size: 1.0625rem; font-weight: 600; }
.number {
  flex: none; width: 26px; height: 26px; border-radius: 50%; background: var(--ground); color: var(--accent);
  font-size: 0.875rem; line-height: 26px; text-align: center;
}
label { display: block; margin: 0 0 4px; font-size: 0.9375rem; }
input {
  display: block; width: 100%; margin: 0 0 12px; padding: 9px 11px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--ground); color: inherit; font: inherit;
}
input::placeholder { color: var(--quiet); opacity: 0.75; }
button {
  min-height: 44px; padding: 8px 16px; border: 1px solid var(--line); border-radius: 8px; background: transparent;
  color: inherit; font: inherit; cursor: pointer;
}
button:hover:enabled { border-color: var(--accent); }
button:disabled { opacity: 0.5; cursor: default; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button.primary .english { color: inherit; opacity: 0.85; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.status { margin: 12px 0 0; color: var(--quiet); font-size: 0.9375rem; overflow-wrap: anywhere; }
.status:empty { display: none; }
.status.error { color: var(--error); }
ul { margin: 0 0 12px; padding: 0; list-style: none; max-height: 260px; overflow: auto; }
ul:empty { display: none; }
li { border-bottom: 1px solid var(--line); }
li button {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; width: 100%; padding: 8px 6px; border: 0;
  border-radius: 6px; text-align: left;
}
li button:hover:enabled { background: var(--ground); }
li button:focus-visible { outline-offset: -3px; }
.name { flex: 1 1 auto; font-weight: 550; overflow-wrap: anywhere; }
.about { color: var(--quiet); font-size: 0.875rem; }
figure {
  display: grid; place-items: center; margin: 0; overflow: hidden; background: var(--picture); aspect-ratio: 16 / 9;
}
figure > * { grid-area: 1 / 1; }
figure p { margin: 0; padding: 16px; color: var(--quiet); text-align: center; }
figure p span { display: block; }
figure img { display: block; width: 100%; height: 100%; object-fit: contain; }
figure.playing { aspect-ratio: 1; }
@media (min-width: 800px) {
  body { padding: 40px 32px 64px; }
  main { grid-template-columns: minmax(320px, 5fr) 6fr; gap: 28px; align-items: start; }
  .steps { order: 1; }
  .stage { order: 2; position: sticky; top: 32px; }
  figure, figure.playing { aspect-ratio: 1; max-height: calc(100vh - 64px); width: 100%; }
}
`
