/** `value` held within [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/**
 * 0 up to `from`, 1 from `to` on, and between them the cubic 3x² − 2x³, whose slope is 0 at both ends. With `from`
 * above `to` it falls instead.
 */
export function smoothstep(from: number, to: number, value: number): number {
  const x = clamp((value - from) / (to - from), 0, 1)
  return x * x * (3 - 2 * x)
}

/**
 * The share of the way that a one-pole low-pass covers in one step: `y += (x − y) · onePole(step, timeConstant)`.
 *
 * @param step time between two values
 * @param timeConstant time after which 1 − 1/e ≈ 63 % of a jump is covered, in the same unit; 0 follows at once
 */
export function onePole(step: number, timeConstant: number): number {
  return timeConstant <= 0 ? 1 : 1 - Math.exp(-step / timeConstant)
}

/** Moves from `current` towards `target` by at most `limit`. */
export function slew(current: number, target: number, limit: number): number {
  return clamp(target, current - limit, current + limit)
}
