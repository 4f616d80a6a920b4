/** Around the eyes: lids and brows on the skin, and the textures of iris and lashes. */
import { lerp, makeRandom, mix, pointAlong, short, smooth } from './numbers.mjs'
import { blur, curve, ellipse, group, path, ribbon, rings, softFirst, stroke } from './svg.mjs'
import { EYES, P } from './face-shape.mjs'

const LID_SKIN = '#efc3a9'
const LID_SHADOW = '#a9664f'
const CREASE = '#7d4233'
const LASH = '#21120f'
const BROW_BASE = '#6b4330'
const BROW_HAIRS = ['#4d2d20', '#5d3826', '#7d5239']

export function lidsAndBrows() {
  const random = makeRandom(11)
  const lids = EYES.map(lidSkin)
  return [
    softFirst(lids.map(([skin]) => skin)),
    softFirst(lids.flatMap(([, ...shading]) => shading)),
    ...EYES.flatMap((eye) => [lowerLashes(eye, random), brow(eye, random)]),
  ].join('')
}

/** How far the crease lies over the lid's margin, in shares of the eye's height, from the outer corner inwards. */
const CREASE_LIFT = [0.12, 0.25, 0.33, 0.37, 0.38, 0.36, 0.31, 0.22, 0.1]

/** The lid's skin, which shows when the eye closes, then what shades it. */
function lidSkin({ upper: upperIds, lower: lowerIds, side }) {
  const upper = upperIds.map(P)
  const lower = lowerIds.map(P)
  const height = lower[4][1] - upper[4][1]
  const opening = curve([...upper, ...lower.slice(1, -1).reverse()], true)
  const crease = upper.map(([x, y], k) => [x + (k === 0 ? side * 4 : 0), y - height * CREASE_LIFT[k]])
  const below = (distance) => lower.slice(1, 8).map(([x, y]) => [x, y + distance])
  return [
    path(opening, `fill="${LID_SKIN}" ${blur(2)}`),
    ellipse(lerp(upper[4][0], lower[4][0], 0.5), upper[4][1] + height * 0.42, height * 0.7, height * 0.3, `fill="#fbdcc8" opacity=".7" ${blur(4)}`), // prettier-ignore
    // A breath of shadow on the lid, deepest at the outer corner, and light under the brow.
    path(ribbon(upper, crease), `fill="#d0937a" opacity=".34" ${blur(2)}`),
    ellipse(upper[1][0], upper[1][1] - height * 0.3, 9, 5, `fill="${LID_SHADOW}" opacity=".22" ${blur(4)}`),
    ellipse(upper[3][0] + side * 4, upper[3][1] - height * 0.78, 14, 4.5, `fill="#fff3e6" opacity=".42" ${blur(4)}`), // prettier-ignore
    stroke(curve(crease.slice(1, 8)), CREASE, 2.4, 0.16, blur(1)),
    stroke(curve(crease.slice(2, 7)), CREASE, 0.9, 0.2, blur(0.5)),
    // The hollow between the inner corner and the nose.
    ellipse(upper[8][0] - side * 3, upper[8][1] - 5, 6, 9, `fill="${LID_SHADOW}" opacity=".32" ${blur(4)}`),
    stroke(curve(lower.slice(0, 8).map(([x, y]) => [x, y + 1.4])), LID_SHADOW, 1.5, 0.36, blur(1)),
    stroke(curve(below(3.6)), '#ffeee1', 2.6, 0.4, blur(2)),
    stroke(curve(below(8.5)), LID_SHADOW, 3, 0.1, blur(2)),
  ]
}

/** Hardly visible: a few fine hairs of the outer half. */
function lowerLashes({ lower: lowerIds, side }, random) {
  const lower = lowerIds.map(P)
  const hairs = Array.from({ length: 9 }, (_, k) => {
    const t = 0.06 + (0.5 * k) / 8
    const [x, y] = pointAlong(lower, t)
    const length = 2 + 1.2 * random()
    return `<path d="M${short(x)} ${short(y + 0.8)}q${short(side * 0.6)} ${short(length * 0.7)} ${short(side * (2.4 - 2.4 * t))} ${short(length)}"/>`
  })
  return group(`fill="none" stroke="${CREASE}" stroke-width=".5" opacity=".22"`, hairs)
}

function brow({ browTop, browBottom, side }, random) {
  // The arch peaks at two thirds towards the tail; both ends come down a little.
  const bend = [-2.6, -0.4, 0, 1.2, 2.2]
  const middle = browTop.map((i, k) => mix(P(i), P(browBottom[k]), 0.5)).map(([x, y], k) => [x, y + bend[k]])
  const halfWidth = (t) => 4.3 * Math.min(1, 0.26 + 1.3 * t) * (1 - 0.22 * smooth(0.8, 1, t))
  const edge = (direction) =>
    Array.from({ length: 13 }, (_, k) => {
      const [x, y] = pointAlong(middle, k / 12)
      return [x, y + direction * halfWidth(k / 12) * (direction > 0 ? 0.75 : 1)]
    })
  const hairs = Array.from({ length: 92 }, (_, k) => {
    const t = 0.01 + 0.99 * (k / 91)
    const [x, y] = pointAlong(middle, t)
    const across = random() * 1.5 - 0.75
    // Hairs lean outwards; near the nose they stand up, and lower hairs rise to meet the upper.
    const stand = smooth(0.55, 1, t)
    const length = (5 + 2.5 * random()) * (0.62 + 0.38 * smooth(0, 0.4, t))
    const [aheadX, aheadY] = pointAlong(middle, Math.max(0, t - 0.08))
    const slope = (aheadY - y) / Math.max(1, Math.abs(aheadX - x))
    const dx = side * length * (1 - 0.6 * stand)
    const dy = length * (slope * (1 - stand) - 0.12 - 0.56 * stand) - across * length * 0.2 * (1 - stand)
    const colour = BROW_HAIRS[Math.floor(random() * BROW_HAIRS.length)]
    return `<path d="M${short(x)} ${short(y + across * halfWidth(t))}q${short(dx * 0.45)} ${short(dy * 0.8)} ${short(dx)} ${short(dy * 0.9 + (1 - stand) * 0.8)}" stroke="${colour}" opacity="${short((0.3 + 0.35 * random()) * (1 - 0.4 * smooth(0.85, 1, t)))}"/>`
  })
  return (
    path(ribbon(edge(-1), edge(1)), `fill="${BROW_BASE}" opacity=".5" ${blur(2)}`) +
    path(ribbon(edge(-0.7), edge(0.7)), `fill="${BROW_BASE}" opacity=".42" ${blur(1)}`) +
    group('fill="none" stroke-width=".7" stroke-linecap="round"', hairs)
  )
}

const IRIS_RAYS = ['#a9cfc0', '#47767a', '#d8c592', '#6ea39c']

/** A whole picture of 512 × 512: dark ring, bright middle, amber around the pupil, light from below. */
export function irisLayer() {
  const random = makeRandom(3)
  const ray = () => {
    const angle = random() * Math.PI * 2
    const from = 98 + random() * 34
    const to = 150 + random() * 72
    const at = (r, a) => `${short(256 + r * Math.cos(a))} ${short(256 + r * Math.sin(a))}`
    const colour = IRIS_RAYS[Math.floor(random() * IRIS_RAYS.length)]
    return `<path d="M${at(from, angle)}L${at(to, angle + 0.05)}" stroke="${colour}" stroke-width="${short(2 + random() * 5)}" opacity="${short(0.15 + random() * 0.4)}"/>`
  }
  return [
    rings('ir', 256, 276, 246, [[0, '#8d7440'], [0.44, '#8d8a5a'], [0.58, '#6b9c8f'], [0.8, '#3f777d'], [1, '#16363f']]), // prettier-ignore
    `<circle cx="256" cy="256" r="248" fill="#15292f" ${blur(4)}/><circle cx="256" cy="256" r="238" fill="url(#ir)"/>`,
    group('', Array.from({ length: 150 }, ray)),
    // The limbal ring, the lid's shade above and what the light brightens opposite.
    `<circle cx="256" cy="256" r="230" fill="none" stroke="#0c2026" stroke-width="38" opacity=".8" ${blur(8)}/>`,
    `<ellipse cx="256" cy="90" rx="230" ry="110" fill="#0b1c22" opacity=".5" ${blur(16)}/>`,
    `<ellipse cx="272" cy="372" rx="128" ry="74" fill="#cdf3e2" opacity=".5" ${blur(16)}/>`,
    `<circle cx="256" cy="256" r="90" fill="#07090b" ${blur(4)}/>`,
  ].join('')
}

/** The lashes of one upper lid, outer corner left, roots near y = 117; the margin below lets the edge fade. */
export function lashLayer() {
  const random = makeRandom(17)
  const root = (u) => 108 - 2 * Math.sin(u * Math.PI)
  const line = Array.from({ length: 17 }, (_, k) => {
    const u = k / 16
    // A tapered wing: thickest behind the outer corner, a hair's breadth at the inner one.
    return [u * 512, root(u) - 26 * smooth(0, 0.2, u) * (1 - smooth(0.2, 1, u) * 0.8)]
  })
  const base = line.map(([x], k) => [x, 117 - 9 * smooth(0.14, 0, k / 16)])
  const lashes = Array.from({ length: 40 }, (_, k) => {
    const u = 0.04 + 0.86 * ((k + 0.6 * random()) / 40)
    const x = u * 512
    const y = root(u) - 5
    const length = (40 + 30 * random()) * (1 - smooth(0.2, 1, u) * 0.72) * Math.min(1, 0.6 + 3 * u)
    const lean = (0.5 - u) * 44
    return `<path d="M${short(x - 4)} ${short(y)}Q${short(x - lean * 0.2)} ${short(y - length * 0.6)} ${short(x - lean)} ${short(y - length)}Q${short(x + 3 - lean * 0.2)} ${short(y - length * 0.5)} ${short(x + 5)} ${short(y)}Z" opacity="${short(0.35 + 0.35 * random())}"/>`
  })
  return path(ribbon(line, base), `fill="${LASH}" opacity=".92" ${blur(3)}`) + group(`fill="${LASH}"`, lashes)
}
