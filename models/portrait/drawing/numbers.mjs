/** Arithmetic of the drawing: easing, mixing of points and colours, rounding, a repeatable random source. */

export const clamp01 = (x) => Math.min(1, Math.max(0, x))
export const lerp = (a, b, t) => a + (b - a) * t
export const mix = (a, b, t) => a.map((value, i) => lerp(value, b[i], t))

/** Smoothstep from 0 at `a` to 1 at `b`. */
export function smooth(a, b, x) {
  const t = clamp01((x - a) / (b - a))
  return t * t * (3 - 2 * t)
}

/** A bell of height 1 around 0 with soft shoulders. */
export const bell = (x, width) => Math.exp(-((x / width) ** 2))

export function hex(colour) {
  const byte = (v) =>
    Math.round(Math.min(255, Math.max(0, v)))
      .toString(16)
      .padStart(2, '0')
  return `#${colour.map(byte).join('')}`
}

/** One decimal, without the leading zero, which is all that a drawing of 512 units needs. */
export const short = (x) => String(Math.round(x * 10) / 10).replace(/^(-?)0\./, '$1.')

/** A repeatable random source in [0, 1), so that drawing twice gives the same file. */
export function makeRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

/** A point of a Catmull-Rom curve through `points`, at `s` in [0, 1] from the first to the last. */
export function pointAlong(points, s) {
  const last = points.length - 1
  const at = clamp01(s) * last
  const i = Math.min(last - 1, Math.floor(at))
  const f = at - i
  const [a, b, c, d] = [-1, 0, 1, 2].map((o) => points[Math.min(last, Math.max(0, i + o))])
  return b.map(
    (v, k) =>
      v +
      0.5 * f * (c[k] - a[k] + f * (2 * a[k] - 5 * v + 4 * c[k] - d[k] + f * (3 * (v - c[k]) + d[k] - a[k]))),
  )
}
