import { blendPixel } from '../../../dsp/blend.js'
import type { Picture } from '../../../dsp/raster.js'
import { smoothstep } from '../../../dsp/spline.js'
import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import { JAW_DROP } from './blendshapes.js'
import { Ink } from './ink.js'
import { mouthColour, type MouthState } from './mouth-interior.js'
import { Opening } from './opening.js'
import type { PosedHead } from './posed-head.js'
import type { Palette } from './rig.js'
import { paintTongue } from './tongue.js'
import { LOWER_SEAM, UPPER_SEAM } from './topology.js'

/** Teeth fall less than the chin: they are nearer to the jaw's hinge. */
export const TEETH_SHARE = 0.82

/**
 * Paints what an open mouth shows, in centimetres anchored to the skull (upper teeth) and to the jaw (lower teeth,
 * tongue), so that lips slide over teeth.
 */
export class MouthPainter {
  readonly #palette: Palette
  readonly #opening: Opening
  readonly #ink = new Ink()
  readonly #state: MouthState = { drop: 0, sideways: 0, hidden: 0, tongue: 0, pixel: 0 }
  /** The closed lips' middle on the skull: x, y in pixels. */
  readonly #anchor = new Float32Array(2)

  /**
   * @param width Width of the frames in pixels.
   * @param height Height of the frames in pixels.
   */
  constructor(palette: Palette, width: number, height: number) {
    this.#palette = palette
    this.#opening = new Opening(UPPER_SEAM.length, width, (width * height) / 8)
  }

  /** Paints into the opening between the lips; lips that are closed stay as they are. */
  paint(target: Picture, pose: PosedHead): void {
    if (!this.#opening.measure(target, pose.positions, UPPER_SEAM, LOWER_SEAM)) return
    this.#readState(pose)
    pose.placeTeeth(this.#anchor)
    this.#paintInterior(target, pose)
    if (this.#state.tongue > 0.02) {
      paintTongue(target, this.#opening, this.#anchor, pose, this.#state, this.#palette)
    }
  }

  #readState(pose: PosedHead): void {
    const { weights } = pose
    const state = this.#state
    state.pixel = 1 / pose.scale
    state.drop = weights[BLENDSHAPE_INDEX.jawOpen]! * JAW_DROP * TEETH_SHARE
    state.sideways = (weights[BLENDSHAPE_INDEX.jawLeft]! - weights[BLENDSHAPE_INDEX.jawRight]!) * 0.7
    state.hidden = weights[BLENDSHAPE_INDEX.mouthPucker]! * 0.34
    state.tongue = weights[BLENDSHAPE_INDEX.tongueOut]!
  }

  #paintInterior(target: Picture, pose: PosedHead): void {
    const { mask, top, bottom, first, last } = this.#opening
    const palette = this.#palette
    const ink = this.#ink
    const unit = this.#state.pixel
    const cosine = pose.rollCosine * unit
    const sine = pose.rollSine * unit
    const middle = (first[0]! + last[0]!) / 2
    const halfWidth = Math.max(0.3, (Math.abs(last[0]! - first[0]!) * unit) / 2)
    for (let row = 0; row < mask.height; row++) {
      const y = mask.y + row
      for (let column = 0; column < mask.width; column++) {
        const x = mask.x + column
        // Lips that nearly touch show a soft seam, not a black slit.
        const gap = (bottom[column]! - top[column]!) * unit
        const alpha = mask.values[row * mask.width + column]! * smoothstep(0.01, 0.16, gap)
        if (alpha <= 0.004) continue
        const dx = x - this.#anchor[0]!
        const dy = y - this.#anchor[1]!
        mouthColour(ink, palette, this.#state, dx * cosine + dy * sine, dy * cosine - dx * sine)

        // Lips, and the corners' flesh, keep light from what lies behind them.
        const light =
          (0.74 + 0.26 * smoothstep(-0.1, 0.28, (y - top[column]!) * unit)) *
          (0.78 + 0.22 * smoothstep(-0.05, 0.22, (bottom[column]! - y) * unit)) *
          (1 - 0.42 * smoothstep(0.5, 1.02, Math.abs((x - middle) * unit) / halfWidth))
        // Light inside a mouth has passed through flesh: it fades from the blue end.
        const green = light * (0.76 + 0.24 * light)
        const blue = green * (0.86 + 0.14 * light)
        blendPixel(
          target.pixels,
          y * target.width + x,
          ink.red * light,
          ink.green * green,
          ink.blue * blue,
          alpha,
        )
      }
    }
  }
}
