import { blendPixel } from '../../../dsp/blend.js'
import type { Picture } from '../../../dsp/raster.js'
import { smoothstep } from '../../../dsp/spline.js'
import { UPPER_EDGE, type MouthState } from './mouth-interior.js'
import type { Opening } from './opening.js'
import type { PosedHead } from './posed-head.js'
import type { Palette } from './rig.js'

/** Up to this much out, the tongue stays between the teeth. */
const BETWEEN_TEETH = 0.3

/**
 * Paints the tip of a tongue that comes forward: between the teeth at first, then over the lower lip, always below
 * the upper teeth.
 *
 * @param opening The opening between the lips, which bounds the tongue to the sides and above.
 * @param anchor Where the closed lips' middle is on the skull, in pixels.
 */
export function paintTongue(
  target: Picture,
  opening: Opening,
  anchor: Float32Array,
  pose: PosedHead,
  state: MouthState,
  palette: Palette,
): void {
  const { mask, top } = opening
  const out = state.tongue
  const unit = state.pixel
  const beyond = Math.max(0, out - BETWEEN_TEETH)
  const tip = 0.3 + state.drop * 0.5 + Math.min(out, BETWEEN_TEETH) * 0.5 + beyond * (1.2 + state.drop * 0.45)
  const length = 0.35 + 0.55 * out
  const halfWidth = 1.05 + 0.15 * out
  const presence = smoothstep(0.02, 0.22, out)
  const [red, green, blue] = palette.tongue
  const cosine = pose.rollCosine * unit
  const sine = pose.rollSine * unit
  const lowest = Math.min(target.height - 1, Math.ceil(anchor[1]! + (tip + 0.3) * pose.scale))
  for (let y = mask.y; y <= lowest; y++) {
    for (let column = 0; column < mask.width; column++) {
      const x = mask.x + column
      const dx = x - anchor[0]!
      const dy = y - anchor[1]!
      const px = dx * cosine + dy * sine
      const py = dy * cosine - dx * sine
      const down = Math.max(0, py - (tip - length)) / length
      const distance = Math.hypot(px / halfWidth, down)
      const below = smoothstep(-0.5, 0.5, y - top[column]!) * smoothstep(-unit, unit, py - UPPER_EDGE)
      const alpha = smoothstep(1 + 1.2 * unit, 1 - 1.2 * unit, distance) * below * presence
      if (alpha <= 0.004) continue

      const furrow = 0.13 * Math.exp(-((px / 0.13) ** 2)) * smoothstep(1, 0.3, distance)
      const shine =
        0.1 * Math.exp(-(((Math.abs(px) - 0.42) / 0.2) ** 2) - ((down - 0.35) / 0.25) ** 2) * beyond
      const light =
        (0.5 + 0.5 * smoothstep(UPPER_EDGE - 0.05, UPPER_EDGE + 0.35, py)) *
          (0.66 + 0.34 * smoothstep(1.05, 0.4, distance)) *
          (0.8 + 0.2 * smoothstep(0.2, 0.7, out)) -
        furrow +
        shine
      blendPixel(target.pixels, y * target.width + x, red * light, green * light, blue * light, alpha)
    }
  }
}
