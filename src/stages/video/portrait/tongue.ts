import { blendPixel } from '../../../dsp/blend.js'
import type { CoverageMask } from '../../../dsp/raster-coverage.js'
import type { Picture } from '../../../dsp/raster.js'
import { smoothstep } from '../../../dsp/spline.js'
import type { Pose } from './pose.js'
import type { Rig } from './rig.js'

/**
 * Paints the tip of a tongue that comes forward: between the teeth at first, then over the lower lip. It stays below
 * the upper lip.
 *
 * @param mask The mouth's opening; its columns bound the tongue.
 * @param top The upper lip's lower edge for each column of the mask.
 * @param anchor Where the closed lips' middle is on the skull, in pixels.
 * @param drop How far the lower teeth have fallen, in centimetres.
 * @param out How far the tongue is out, 0–1.
 * @param ceiling Lower edge of the upper teeth below the anchor, in centimetres.
 */
export function paintTongue(
  target: Picture,
  mask: CoverageMask,
  top: Float32Array,
  anchor: Float32Array,
  pose: Pose,
  drop: number,
  out: number,
  ceiling: number,
  rig: Rig,
): void {
  const unit = 1 / rig.scale
  const beyond = Math.max(0, out - 0.3)
  const tip = 0.3 + drop * 0.5 + Math.min(out, 0.3) * 0.5 + beyond * (1.2 + drop * 0.45)
  const length = 0.35 + 0.55 * out
  const halfWidth = 1.05 + 0.15 * out
  const [red, green, blue] = rig.palette.tongue
  const bottom = Math.min(target.height - 1, Math.ceil(anchor[1]! + (tip + 0.3) * rig.scale))
  const presence = smoothstep(0.02, 0.22, out)
  for (let y = mask.y; y <= bottom; y++) {
    for (let column = 0; column < mask.width; column++) {
      const x = mask.x + column
      const dx = x - anchor[0]!
      const dy = y - anchor[1]!
      const px = (dx * pose.rollCosine + dy * pose.rollSine) * unit
      const py = (dy * pose.rollCosine - dx * pose.rollSine) * unit
      const down = Math.max(0, py - (tip - length)) / length
      const distance = Math.hypot(px / halfWidth, down)
      const below = smoothstep(-0.5, 0.5, y - top[column]!) * smoothstep(-unit, unit, py - ceiling)
      const alpha = smoothstep(1 + 1.2 * unit, 1 - 1.2 * unit, distance) * below * presence
      if (alpha <= 0.004) continue
      const behind = smoothstep(ceiling - 0.05, ceiling + 0.35, py)
      const furrow = 0.13 * Math.exp(-((px / 0.13) ** 2)) * smoothstep(1, 0.3, distance)
      const round = 0.66 + 0.34 * smoothstep(1.05, 0.4, distance)
      const shine = 0.1 * Math.exp(-(((Math.abs(px) - 0.42) / 0.2) ** 2) - ((down - 0.35) / 0.25) ** 2) * beyond
      const light = (0.5 + 0.5 * behind) * round * (0.8 + 0.2 * smoothstep(0.2, 0.7, out)) - furrow + shine
      blendPixel(target.pixels, y * target.width + x, red * light, green * light, blue * light, alpha)
    }
  }
}
