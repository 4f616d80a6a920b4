/**
 * Shoulder-length wavy hair with a side parting. Each side is a fan of guides from its roots along the parting to its
 * tips, the first along the face, the last along the silhouette; locks and strands run between them.
 */
import { lerp, makeRandom, mix, pointAlong, short, smooth } from './numbers.mjs'
import { blur, blurLarge, curve, group, path, ribbon, rings, stroke, vertical } from './svg.mjs'

/** From dark to light; each from the roots over the glossy band on the skull to the tips. */
const TONES = [
  { name: 'h0', colours: ['#2d1912', '#4d2e20', '#74492f', '#482a1c', '#40261a', '#5e3a26'] },
  { name: 'h1', colours: ['#382016', '#623c28', '#93603d', '#583523', '#503021', '#7a4e33'] },
  { name: 'h2', colours: ['#43281b', '#774b31', '#b47b4f', '#6c432c', '#643e2a', '#966440'] },
  { name: 'h3', colours: ['#50301f', '#8c5c3d', '#d29c6b', '#835537', '#7a4f35', '#b68155'] },
]
const DEEP = '#1f100b'
const GLOSS = '#f2bf8a'

const BACK_STOPS = [[0, '#25140d'], [0.45, '#321c13'], [1, '#553322']] // prettier-ignore
const TIP_STOPS = [[0, '#fff'], [0.5, '#999'], [1, '#000']] // prettier-ignore

export const hairGradients = () =>
  [
    vertical('back', BACK_STOPS, 250, 430),
    vertical('tips', TIP_STOPS, 422, 460),
    '<mask id="fade" maskUnits="userSpaceOnUse" x="0" y="0" width="512" height="512"><rect width="512" height="512" fill="url(#tips)"/></mask>',
    ...TONES.map(toneGradient),
  ].join('')

/** Rings around a point under the chin are arcs that follow the skull: a glossy band above, quiet below. */
function toneGradient({ name, colours: [roots, upper, band, lower, shade, tips] }) {
  const stops = [[0, tips], [0.22, tips], [0.42, shade], [0.56, lower], [0.68, lower], [0.79, upper], [0.855, band], [0.92, upper], [1, roots]] // prettier-ignore
  return rings(name, 246, 440, 396, stops)
}

const RIGHT_GUIDES = [
  [[222, 115], [239, 114], [276, 123], [310, 146], [333, 184], [343, 230], [348, 280], [346, 330], [340, 384], [330, 444]],
  [[216, 100], [246, 88], [296, 100], [331, 134], [349, 184], [355, 238], [361, 290], [366, 342], [365, 394], [352, 450]],
  [[204, 82], [246, 64], [306, 78], [347, 122], [364, 182], [371, 240], [378, 296], [384, 350], [383, 404], [370, 456]],
  [[183, 60], [226, 44], [310, 51], [359, 103], [378, 170], [385, 240], [390, 302], [397, 358], [397, 410], [384, 460]],
] // prettier-ignore
const LEFT_GUIDES = [
  [[222, 115], [211, 116], [193, 132], [179, 159], [171, 192], [166, 232], [161, 280], [164, 330], [171, 384], [182, 444]],
  [[216, 100], [200, 101], [175, 118], [159, 148], [152, 190], [149, 238], [144, 290], [140, 342], [141, 394], [155, 450]],
  [[204, 82], [185, 88], [158, 106], [143, 138], [136, 184], [133, 240], [128, 296], [123, 350], [124, 404], [137, 456]],
  [[191, 57], [169, 65], [146, 87], [129, 120], [120, 174], [118, 240], [114, 302], [107, 358], [108, 410], [120, 460]],
] // prettier-ignore
/** Shorter hair that falls from the parting past the cheekbones and turns outwards. */
const RIGHT_FRINGE = [
  [[222, 114], [239, 113], [273, 122], [305, 146], [328, 180], [340, 216], [347, 250], [362, 282]],
  [[219, 105], [242, 96], [283, 106], [320, 135], [342, 176], [353, 218], [361, 256], [376, 288]],
] // prettier-ignore
const LEFT_FRINGE = [
  [[222, 114], [210, 115], [193, 131], [179, 158], [170, 188], [165, 220], [156, 252], [140, 282]],
  [[219, 105], [203, 103], [180, 119], [162, 150], [154, 188], [149, 222], [140, 256], [125, 288]],
] // prettier-ignore

/** A side of the hair; `wave` is the phase of its waves, so that both sides fall outwards. */
const SIDES = [
  { guides: LEFT_GUIDES, fringe: LEFT_FRINGE, wave: Math.PI + 1.9, locks: 11, seed: 5, light: 0.1 },
  { guides: RIGHT_GUIDES, fringe: RIGHT_FRINGE, wave: 1.9, locks: 14, seed: 7, light: 0 },
]

/** A point of a fan: `t` from the face (0) to the silhouette (1), `s` from root (0) to tip (1). */
function fanPoint({ guides, wave, waveHeight = 9.5 }, t, s, phase = 0, drop = 0) {
  const across = guides.map((guide) => pointAlong(guide, s))
  const [x, y] = pointAlong(across, t)
  // Before the first guide and beyond the last the fan goes on in its own direction.
  const last = across.length - 1
  const [from, to, over] = t > 1 ? [last - 1, last, t - 1] : [1, 0, Math.max(0, -t)]
  const out = [0, 1].map((k) => (across[to][k] - across[from][k]) * over * last)
  const sway = waveHeight * smooth(0.34, 0.66, s) * Math.sin(s * 13 + wave + phase + 0.7 * t)
  return [x + out[0] + sway, y + out[1] + drop * s ** 3]
}

const between = (from, to, steps, place) =>
  Array.from({ length: steps + 1 }, (_, k) => place(lerp(from, to, k / steps)))

/** A lock: a body that narrows to a pointed tip, shadows along its edges, and strands, lighter in its middle. */
function lock(fan, { centre, width, strands, tone, random, tips = 10, turn = 1.5, steps = 9, thick = 1.3 }) {
  const phase = (random() - 0.5) * turn
  const drop = (random() - 0.5) * 2 * tips
  const taper = (s) => 1 - 0.9 * smooth(0.6, 1, s) ** 1.2
  const strand = (u, jitter = 0, end = 1) =>
    between(0, end, steps, (s) => fanPoint(fan, centre + u * width * taper(s), s, phase + jitter, drop))
  const hair = (k) => {
    const u = (k + random()) / strands - 0.5
    const middle = 1 - Math.abs(u) * 2
    const level = Math.min(3, Math.max(0, Math.round(tone - 0.9 + 1.9 * middle * random() + 0.7 * random())))
    return `<path d="${curve(strand(u, (random() - 0.5) * 0.16, 0.88 + 0.14 * random()))}" stroke="url(#${TONES[level].name})" stroke-width="${short(0.5 + thick * random())}" opacity="${short(0.35 + 0.5 * random())}"/>`
  }
  return [
    path(ribbon(strand(-0.5), strand(0.5)), `fill="url(#${TONES[tone].name})"`),
    stroke(curve(strand(-0.5)), DEEP, 1.5, 0.3),
    stroke(curve(strand(-0.44)), DEEP, 3, 0.12),
    stroke(curve(strand(0.49)), DEEP, 1.2, 0.2),
    group(
      'fill="none" stroke-linecap="round"',
      Array.from({ length: strands }, (_, k) => hair(k)),
    ),
  ].join('')
}

/** All locks of a side in two layers; those of the upper layer lie over the gaps of the lower. */
function sideLocks(side) {
  const random = makeRandom(side.seed)
  const place = (k, shift) => 1 - (k + shift) / side.locks
  const tone = () => Math.min(3, Math.floor(side.light + 2.9 * random()))
  const layer = (shift, width, strands) =>
    Array.from({ length: side.locks }, (_, k) =>
      lock(side, { centre: place(k, shift), width: width / side.locks, strands, tone: tone(), random }),
    )
  return [...layer(0.5, 1.9, 6), ...layer(0.95, 1.2, 8)]
}

/** Short reflections where the hair bends, over the skull and in its lower wave: together they are the gloss. */
function gloss(side) {
  const random = makeRandom(side.seed + 100)
  const reflection = (from, to, scatter, strength) => {
    const t = random() * 0.98
    const middle = lerp(from, to, t) + (random() - 0.5) * scatter
    const reach = 0.06 + 0.08 * random()
    const points = between(middle - reach, middle + reach, 4, (s) => fanPoint(side, t, s))
    return `<path d="${curve(points)}" stroke-width="${short(0.7 + 1.8 * random())}" opacity="${short(strength * (0.4 + random()))}"/>`
  }
  const skull = Array.from({ length: 46 }, () => reflection(0.25, 0.3, 0.1, 0.17))
  const wave = Array.from({ length: 34 }, () => reflection(0.66, 0.68, 0.14, 0.08))
  return [...skull, ...wave]
}

/** Single hairs that leave the silhouette and soften it. */
function flyaways(side) {
  const random = makeRandom(side.seed + 200)
  return Array.from({ length: 40 }, () => {
    const from = 0.04 + 0.72 * random()
    const to = Math.min(1.02, from + 0.14 + 0.26 * random())
    const t = 0.985 + 0.02 * random()
    const lift = 0.09 * random()
    const phase = random() * 0.8
    const points = between(from, to, 5, (s) => fanPoint(side, t + lift * smooth(from, to, s), s, phase))
    return `<path d="${curve(points)}" opacity="${short(0.14 + 0.3 * random())}"/>`
  })
}

/** Fine hairs that start on the other side of the parting, so that it is a soft line and no seam. */
function partingHairs() {
  const random = makeRandom(77)
  return SIDES.flatMap((side, index) =>
    Array.from({ length: 30 }, () => {
      const t = random()
      const [rx, ry] = fanPoint(side, t, 0)
      const points = between(0.05, 0.24 + 0.1 * random(), 4, (s) => fanPoint(side, t, s))
      const root = [rx + (index === 0 ? 1 : -1) * 1.2 * random(), ry + 2 * random() - 1]
      return `<path d="${curve([root, ...points])}" stroke="url(#${TONES[Math.floor(random() * 4)].name})" stroke-width="${short(0.5 + 0.9 * random())}" opacity="${short(0.3 + 0.4 * random())}"/>`
    }),
  )
}

/** The hair's shade to both sides of the parting, and a glimpse of the scalp that gets lost towards the crown. */
function parting() {
  const scalp = [[223, 114], [220, 107], [216, 100], [211, 92], [204, 82]] // prettier-ignore
  const taper = [0.3, 0.8, 0.8, 0.5, 0]
  const edge = (direction) => scalp.map(([x, y], k) => [x + direction * taper[k], y])
  return (
    stroke('M222 113C217 99 205 80 192 63', DEEP, 9, 0.46, blur(3)) +
    path(ribbon(edge(-1), edge(1)), `fill="#b98468" opacity=".5" ${blur(0.5)}`)
  )
}

/** Fine hairs of the hairline, which has no edge. */
function hairline() {
  const random = makeRandom(91)
  return SIDES.flatMap((side) =>
    Array.from({ length: 34 }, () => {
      const s = 0.01 + 0.34 * random()
      const points = between(s, s + 0.1, 3, (at) => fanPoint(side, -0.035 * random() + (at - s) * 0.5, at))
      return `<path d="${curve(points)}" opacity="${short(0.12 + 0.3 * random())}"/>`
    }),
  )
}

function fringe(side) {
  const random = makeRandom(side.seed + 300)
  const fan = { guides: side.fringe, wave: side.wave, waveHeight: 3 }
  const piece = (centre, width, tone, tips) =>
    lock(fan, { centre, width, strands: 10, tone, random, tips, turn: 0.3, thick: 0.5 })
  return piece(0.7, 0.6, 1, 8) + piece(0.3, 0.6, 2, 8) + piece(0.02, 0.22, 2, 10)
}

/** What lies under the locks, so that nothing shines through between them. */
function underlay() {
  const sides = SIDES.map((side) =>
    ribbon(
      between(0, 0.93, 10, (s) => fanPoint(side, 0.08 + 0.1 * smooth(0.7, 0.93, s), s)),
      between(0, 0.93, 10, (s) => fanPoint(side, 0.95 - 0.05 * smooth(0.7, 0.93, s), s)),
    ),
  )
  const crown = curve([[222, 113], [200, 108], [168, 84], [190, 63], [250, 46], [268, 80], [246, 108]], true) // prettier-ignore
  return [crown, ...sides].map((d) => path(d, 'fill="url(#h0)"'))
}

export function frontHair() {
  const fine = (colour, width) =>
    `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"`
  return [
    group(fine('#5b3a28', 0.6), SIDES.flatMap(flyaways)),
    // Tips thin out: they fade into what lies behind them.
    group('mask="url(#fade)"', underlay(), SIDES.flatMap(sideLocks)),
    parting(),
    group('fill="none" stroke-linecap="round" opacity=".7"', partingHairs()),
    ...SIDES.map(fringe),
    group(fine('#5a3826', 0.6), hairline()),
    group(`${fine(GLOSS, 1)} ${blurLarge(2)}`, SIDES.flatMap(gloss)),
  ].join('')
}

/** The shapes of hair that throws a shadow on the face. */
export const hairShadows = () => SIDES.map(({ fringe: [inner, outer] }) => ribbon(inner, outer))

/** Hair behind neck and jaw: dark, with a few strands that catch light. */
export function backHair() {
  const random = makeRandom(31)
  const left = [[196, 100], [158, 150], [146, 220], [136, 300], [124, 360], [122, 410], [140, 440]] // prettier-ignore
  const right = [[316, 100], [354, 150], [367, 220], [376, 300], [388, 360], [390, 410], [372, 440]] // prettier-ignore
  const strands = Array.from({ length: 60 }, () => {
    const t = random()
    const bend = random() * 6
    const points = left.map((p, k) => mix(p, right[k], t + (k > 2 ? 0.03 * Math.sin(k * 1.7 + bend) : 0)))
    return `<path d="${curve(points.slice(2))}" stroke="${random() < 0.6 ? '#6b4229' : '#28150e'}" stroke-width="${short(1 + 2.4 * random())}" opacity="${short(0.08 + 0.16 * random())}"/>`
  })
  return path(ribbon(left, right), 'fill="url(#back)"') + group(`fill="none" ${blurLarge(1)}`, strands)
}
