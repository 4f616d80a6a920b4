/** The few SVG elements that the drawing is made of, written as short as they can be. */
import { short } from './numbers.mjs'

/** A smooth path (Catmull-Rom as cubic Béziers) through points, in relative commands to keep the file small. */
export function curve(points, closed = false) {
  const n = points.length
  const at = (i) => (closed ? points[(i + n) % n] : points[Math.min(n - 1, Math.max(0, i))])
  const round = (x) => Math.round(x * 10) / 10
  let pen = points[0].map(round)
  let d = `M${pen[0]} ${pen[1]}`
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [a, b, c, e] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    const controls = [0, 1].map((k) => [b[k] + (c[k] - a[k]) / 6, c[k] - (e[k] - b[k]) / 6, c[k]])
    const steps = [0, 1, 2].flatMap((j) => [0, 1].map((k) => round(controls[k][j] - pen[k])))
    d += `c${steps.map(short).join(' ').replaceAll(' -', '-')}`
    pen = [round(pen[0] + steps[4]), round(pen[1] + steps[5])]
  }
  return closed ? `${d}Z` : d
}

/** The area between two open curves that run the same way. */
export const ribbon = (one, other) => `${curve(one)}${curve([...other].reverse()).replace('M', 'L')}Z`

export const path = (d, attributes) => `<path d="${d}" ${attributes}/>`
export const group = (attributes, ...children) => `<g ${attributes}>${children.flat().join('')}</g>`
export const ellipse = (cx, cy, rx, ry, attributes) =>
  `<ellipse cx="${short(cx)}" cy="${short(cy)}" rx="${short(rx)}" ry="${short(ry)}" ${attributes}/>`

export const stroke = (d, colour, width, opacity, extra = '') =>
  path(
    d,
    `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" opacity="${opacity}" ${extra}`,
  )

/** Standard deviations of the blurs that the drawing uses, by the name under which {@link blur} asks for them. */
const BLURS = { '05': 0.5, 1: 1, 2: 1.8, 3: 3, 4: 4, 8: 8, 16: 16 }

export const blur = (k) => `filter="url(#b${String(k).replace('.', '')})"`
/** A blur for large shapes: the margin it works on is small, which is what makes a blur cheap. */
export const blurLarge = (k) => `filter="url(#w${k})"`

export function blurFilters() {
  const filter = (id, margin, deviation) =>
    `<filter id="${id}" x="-${margin}%" y="-${margin}%" width="${100 + 2 * margin}%" height="${100 + 2 * margin}%"><feGaussianBlur stdDeviation="${deviation}"/></filter>`
  return Object.entries(BLURS)
    .map(([id, deviation]) => filter(`b${id}`, 80, deviation) + filter(`w${id}`, 12, deviation))
    .join('')
}

const BLUR_OF = / filter="url\(#\w(\w+)\)"/

/**
 * Paints soft masses first, then details. Elements of one blur share one filter: its cost is the same for one element
 * as for twenty. Each item is one element.
 */
export function softFirst(elements) {
  const deviation = (element) => BLURS[BLUR_OF.exec(element)?.[1]] ?? 0
  const runs = new Map()
  for (const element of [...elements].sort((a, b) => deviation(b) - deviation(a))) {
    const name = BLUR_OF.exec(element)?.[1] ?? ''
    runs.set(name, [...(runs.get(name) ?? []), element.replace(BLUR_OF, '')])
  }
  return [...runs]
    .map(([name, run]) => (name ? group(`filter="url(#b${name})"`, run) : run.join('')))
    .join('')
}

const stopTags = (stops) => stops.map(([o, c]) => `<stop offset="${o}" stop-color="${c}"/>`).join('')

/** A gradient from top to bottom: of the shape it fills, or between two heights of the drawing. */
export function vertical(id, stops, from, to) {
  const place =
    from === undefined
      ? 'x1="0" y1="0" x2="0" y2="1"'
      : `gradientUnits="userSpaceOnUse" x1="0" y1="${short(from)}" x2="0" y2="${short(to)}"`
  return `<linearGradient id="${id}" ${place}>${stopTags(stops)}</linearGradient>`
}

/** A gradient in rings around a point of the drawing. */
export const rings = (id, cx, cy, r, stops) =>
  `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="${cx}" cy="${cy}" r="${r}">${stopTags(stops)}</radialGradient>`
