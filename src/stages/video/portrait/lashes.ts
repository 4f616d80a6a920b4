import { drawTriangles, type Picture, type TriangleBatch } from '../../../dsp/raster.js'
import { sampleCatmullRom } from '../../../dsp/spline.js'
import type { PosedHead } from './posed-head.js'
import { EYES, type EyeTopology } from './topology.js'

const STEPS = 3
const LID_POINTS = 8 * STEPS + 1
/** One column more than the lid has points: lashes reach beyond the outer corner. */
const COLUMNS = LID_POINTS + 1

/** Length of the strip and how far it lies over the opening, in centimetres. */
const LENGTH = 0.62
const OVERLAP = 0.11
/** How far the strip reaches beyond the outer corner. */
const WING = 0.3

/**
 * The upper lashes: a textured strip that grows out of the lid margin, upwards while the eye is open and downwards
 * when it is closed.
 */
export class LashPainter {
  readonly #scale: number
  readonly #batch: TriangleBatch
  readonly #positions = new Float32Array(COLUMNS * 2 * 2)
  readonly #points = new Float32Array(9 * 2)
  readonly #lid = new Float32Array(LID_POINTS * 2)
  readonly #openings: readonly number[]

  constructor(texture: Picture, scale: number, rest: Float32Array) {
    this.#scale = scale
    this.#openings = EYES.map((eye) => rest[eye.lower[4]! * 3 + 1]! - rest[eye.upper[4]! * 3 + 1]!)
    const uv = new Float32Array(COLUMNS * 2 * 2)
    const triangles: number[] = []
    for (let k = 0; k < COLUMNS; k++) {
      const u = 0.5 + (k / (COLUMNS - 1)) * (texture.width - 2.1)
      uv.set([u, texture.height - 1.1, u, 0.1], k * 4)
      if (k > 0) triangles.push(k * 2 - 2, k * 2 - 1, k * 2, k * 2 - 1, k * 2 + 1, k * 2)
    }
    this.#batch = { texture, triangles: Uint16Array.from(triangles), uv }
  }

  paint(target: Picture, pose: PosedHead): void {
    for (let index = 0; index < EYES.length; index++) {
      this.#layStrip(pose, EYES[index]!, this.#openings[index]!)
      drawTriangles(target, this.#batch, this.#positions)
    }
  }

  #layStrip(pose: PosedHead, eye: EyeTopology, restOpening: number): void {
    const at = pose.positions
    for (let k = 0; k < 9; k++) {
      this.#points[k * 2] = at[eye.upper[k]! * 2]!
      this.#points[k * 2 + 1] = at[eye.upper[k]! * 2 + 1]!
    }
    sampleCatmullRom(this.#points, 9, STEPS, this.#lid)
    const opening = (at[eye.lower[4]! * 2 + 1]! - at[eye.upper[4]! * 2 + 1]!) / restOpening
    // 1 points up, −1 down; lashes of an open eye stand at a slant towards the viewer.
    const lean = Math.min(1, Math.max(-1, opening * 2 - 0.75))
    const length = LENGTH * this.#scale * (0.35 + 0.65 * Math.abs(lean))
    const lid = this.#lid
    const outward = Math.sign(lid[0]! - lid[(LID_POINTS - 1) * 2]!)
    const upX = pose.rollSine
    const upY = -pose.rollCosine
    for (let column = 0; column < COLUMNS; column++) {
      const k = Math.max(0, column - 1)
      const before = Math.max(0, k - 1) * 2
      const after = Math.min(LID_POINTS - 1, k + 1) * 2
      let nx = lid[after + 1]! - lid[before + 1]!
      let ny = -(lid[after]! - lid[before]!)
      const norm = Math.hypot(nx, ny) || 1
      const sign = nx * upX + ny * upY < 0 ? -1 : 1
      nx = (nx / norm) * sign * 0.6 + upX * 0.4
      ny = (ny / norm) * sign * 0.6 + upY * 0.4
      // Lashes fan out from the middle of the lid.
      const fan = (0.5 - k / (LID_POINTS - 1)) * 0.9 * outward
      let x = lid[k * 2]!
      let y = lid[k * 2 + 1]!
      if (column === 0) {
        x += outward * WING * this.#scale
        y += -0.1 * this.#scale * Math.max(0, lean) + 0.02 * this.#scale
      }
      const o = column * 4
      this.#positions[o] = x - upX * OVERLAP * this.#scale * lean
      this.#positions[o + 1] = y - upY * OVERLAP * this.#scale * lean
      this.#positions[o + 2] = x + nx * length * lean + fan * length * Math.abs(lean)
      this.#positions[o + 3] = y + ny * length * lean
    }
  }
}
