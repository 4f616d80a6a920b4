import { drawTriangles, type Picture, type TriangleBatch } from '../../../dsp/raster.js'
import { sampleCatmullRom, smoothstep } from '../../../dsp/spline.js'
import { lidClosing } from './lid-cover.js'
import type { PosedHead } from './posed-head.js'
import type { Colour } from './rig.js'
import { EYES } from './topology.js'

const STEPS = 3
const POINTS = 8 * STEPS + 1
/** From above the lid's margin to the tips that point down, in centimetres. */
const ABOVE = 0.035
const BELOW = 0.13
const ROWS = 12

/** The line of lashes of a closed eye, for portraits whose open eyes bring their own. */
export class ClosedLashPainter {
  readonly #batch: TriangleBatch
  readonly #positions = new Float32Array(POINTS * 4)
  readonly #points = new Float32Array(9 * 2)
  readonly #lid = new Float32Array(POINTS * 2)

  constructor(colour: Colour) {
    const uv = new Float32Array(POINTS * 4)
    const triangles: number[] = []
    for (let k = 0; k < POINTS; k++) {
      const u = 0.5 + (k / (POINTS - 1)) * (POINTS - 2.5)
      uv.set([u, 0.1, u, ROWS - 1.1], k * 4)
      if (k > 0) triangles.push(k * 2 - 2, k * 2 - 1, k * 2, k * 2 - 1, k * 2 + 1, k * 2)
    }
    this.#batch = { texture: lashStrip(colour), triangles: Uint16Array.from(triangles), uv }
  }

  paint(target: Picture, head: PosedHead): void {
    for (let index = 0; index < EYES.length; index++) {
      const closing = lidClosing(head.weights, index)
      if (closing <= 0) continue
      this.#layStrip(head, EYES[index]!.upper, closing)
      drawTriangles(target, this.#batch, this.#positions)
    }
  }

  #layStrip(head: PosedHead, lid: readonly number[], closing: number): void {
    const { positions, scale, rollCosine, rollSine } = head
    for (let k = 0; k < 9; k++) {
      this.#points[k * 2] = positions[lid[k]! * 2]!
      this.#points[k * 2 + 1] = positions[lid[k]! * 2 + 1]!
    }
    sampleCatmullRom(this.#points, 9, STEPS, this.#lid)
    for (let k = 0; k < POINTS; k++) {
      // Thin at the corners, longest towards the outer third.
      const along = k / (POINTS - 1)
      const reach = closing * scale * (0.35 + 0.65 * Math.sin(Math.PI * (0.08 + 0.84 * along ** 1.2)))
      const x = this.#lid[k * 2]!
      const y = this.#lid[k * 2 + 1]!
      const o = k * 4
      this.#positions[o] = x + rollSine * ABOVE * reach
      this.#positions[o + 1] = y - rollCosine * ABOVE * reach
      this.#positions[o + 2] = x - rollSine * BELOW * reach
      this.#positions[o + 3] = y + rollCosine * BELOW * reach
    }
  }
}

/** Dark at the roots, thinning out towards the tips and at both corners. */
function lashStrip([red, green, blue]: Colour): Picture {
  const pixels = new Uint32Array(POINTS * ROWS)
  for (let row = 0; row < ROWS; row++) {
    const down = row / (ROWS - 1)
    const across = smoothstep(0, 0.22, down) * smoothstep(1, 0.3, down)
    for (let k = 0; k < POINTS; k++) {
      const along = k / (POINTS - 1)
      const alpha = 0.7 * across * smoothstep(0, 0.14, along) * smoothstep(1, 0.84, along)
      const byte = (value: number): number => Math.round(value * alpha)
      pixels[row * POINTS + k] =
        ((Math.round(alpha * 255) << 24) | (byte(blue) << 16) | (byte(green) << 8) | byte(red)) >>> 0
    }
  }
  return { pixels, width: POINTS, height: ROWS }
}
