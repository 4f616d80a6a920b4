import { blendPixel } from '../../../dsp/blend.js'
import { CoverageMask } from '../../../dsp/raster-coverage.js'
import type { Picture } from '../../../dsp/raster.js'
import { curveToColumns, sampleCatmullRom, smoothstep } from '../../../dsp/spline.js'
import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import { JAW_DROP } from './blendshapes.js'
import type { Pose } from './pose.js'
import type { Colour, Rig } from './rig.js'
import { paintTongue } from './tongue.js'
import { LOWER_SEAM, UPPER_SEAM } from './topology.js'

const STEPS = 5
const POINTS = (UPPER_SEAM.length - 1) * STEPS + 1

/** Half widths of the teeth from the middle outwards: where each ends, in centimetres. */
const UPPER_TEETH = [0.42, 0.76, 1.12, 1.47, 1.8, 2.2] as const
const LOWER_TEETH = [0.27, 0.56, 0.9, 1.24, 1.6, 2.0] as const
/** Where the rows end below the closed lips' seam, in centimetres of the skull and of the jaw. */
const UPPER_EDGE = 0.2
const LOWER_EDGE = 0.34

/**
 * Paints what an open mouth shows: the cavity, the tongue and two rows of teeth, in centimetres anchored to the
 * skull (upper teeth) and to the jaw (lower teeth, tongue), so that lips slide over teeth.
 */
export class MouthPainter {
  readonly #rig: Rig
  readonly #mask: CoverageMask
  readonly #points = new Float32Array(UPPER_SEAM.length * 2)
  readonly #outline = new Float32Array(POINTS * 4)
  readonly #upper = new Float32Array(POINTS * 2)
  readonly #lower = new Float32Array(POINTS * 2)
  readonly #top: Float32Array
  readonly #bottom: Float32Array
  readonly #anchor = new Float32Array(2)
  readonly #restAnchor: readonly [number, number, number]
  readonly #ink: [number, number, number] = [0, 0, 0]

  constructor(rig: Rig) {
    this.#rig = rig
    this.#mask = new CoverageMask((rig.size * rig.size) / 8)
    this.#top = new Float32Array(rig.size)
    this.#bottom = new Float32Array(rig.size)
    const at = (vertex: number, axis: number): number => rig.rest[vertex * 3 + axis]!
    // Teeth stand about a centimetre behind the lips.
    this.#restAnchor = [
      (at(UPPER_SEAM[5], 0) + at(LOWER_SEAM[5], 0)) / 2,
      (at(UPPER_SEAM[5], 1) + at(LOWER_SEAM[5], 1)) / 2,
      at(UPPER_SEAM[5], 2) + rig.scale,
    ]
  }

  /** Paints into the opening between the lips; does nothing while they are closed. */
  paint(target: Picture, pose: Pose): void {
    this.#trace(pose)
    const mask = this.#mask
    mask.fill(this.#outline, POINTS * 2 - 2, target.width, target.height, 1)
    if (mask.width === 0 || mask.height === 0) return
    curveToColumns(this.#upper, POINTS, mask.x, this.#top, mask.width)
    curveToColumns(this.#lower, POINTS, mask.x, this.#bottom, mask.width)
    pose.placePoint(...this.#restAnchor, this.#anchor)

    const unit = 1 / this.#rig.scale
    const cosine = pose.rollCosine * unit
    const sine = pose.rollSine * unit
    const jaw = pose.weights[BLENDSHAPE_INDEX.jawOpen]! * JAW_DROP
    const sideways = (pose.weights[BLENDSHAPE_INDEX.jawLeft]! - pose.weights[BLENDSHAPE_INDEX.jawRight]!) * 0.7
    const tongue = pose.weights[BLENDSHAPE_INDEX.tongueOut]!
    // Protruded lips stand before the teeth and hide them.
    const hidden = pose.weights[BLENDSHAPE_INDEX.mouthPucker]! * 0.34
    const halfWidth = (Math.abs(this.#upper[POINTS * 2 - 2]! - this.#upper[0]!) * unit) / 2
    const middle = (this.#upper[POINTS * 2 - 2]! + this.#upper[0]!) / 2
    for (let row = 0; row < mask.height; row++) {
      const y = mask.y + row
      for (let column = 0; column < mask.width; column++) {
        const covered = mask.values[row * mask.width + column]!
        if (covered <= 0) continue
        const x = mask.x + column
        const gap = (this.#bottom[column]! - this.#top[column]!) * unit
        // Lips that nearly touch show a soft seam, not a black slit.
        const alpha = covered * smoothstep(0.01, 0.16, gap)
        if (alpha <= 0.004) continue
        const dx = x - this.#anchor[0]!
        const dy = y - this.#anchor[1]!
        const px = dx * cosine + dy * sine
        const py = dy * cosine - dx * sine
        this.#colourAt(px, py, jaw, sideways, tongue, hidden, unit)
        // Lips, and the corners' flesh, keep light from what lies behind them.
        const edge = Math.abs((x - middle) * unit) / Math.max(halfWidth, 0.3)
        const below = (y - this.#top[column]!) * unit
        const above = (this.#bottom[column]! - y) * unit
        const light =
          (0.6 + 0.4 * smoothstep(-0.1, 0.3, below)) *
          (0.72 + 0.28 * smoothstep(-0.05, 0.22, above)) *
          (1 - 0.38 * smoothstep(0.55, 1.02, edge))
        const [red, green, blue] = this.#ink
        // Light inside a mouth has passed through flesh: it fades from the blue end.
        const warm = light * (0.82 + 0.18 * light)
        blendPixel(target.pixels, y * target.width + x, red * light, green * warm, blue * warm * (0.9 + 0.1 * light), alpha)
      }
    }
    if (tongue > 0.02) {
      paintTongue(target, mask, this.#top, this.#anchor, pose, jaw * 0.82, tongue, UPPER_EDGE, this.#rig)
    }
  }

  /** Samples both seams and joins them to one outline. */
  #trace(pose: Pose): void {
    const load = (ring: readonly number[]): void => {
      for (let k = 0; k < ring.length; k++) {
        this.#points[k * 2] = pose.positions[ring[k]! * 2]!
        this.#points[k * 2 + 1] = pose.positions[ring[k]! * 2 + 1]!
      }
    }
    load(UPPER_SEAM)
    sampleCatmullRom(this.#points, UPPER_SEAM.length, STEPS, this.#upper)
    load(LOWER_SEAM)
    sampleCatmullRom(this.#points, LOWER_SEAM.length, STEPS, this.#lower)
    this.#outline.set(this.#upper)
    for (let k = 1; k < POINTS - 1; k++) {
      const from = (POINTS - 1 - k) * 2
      this.#outline[(POINTS + k - 1) * 2] = this.#lower[from]!
      this.#outline[(POINTS + k - 1) * 2 + 1] = this.#lower[from + 1]!
    }
  }

  /** Colour at a point of the mouth, unshadowed, into `#ink`. `aa` is a pixel in centimetres. */
  #colourAt(px: number, py: number, jaw: number, sideways: number, tongueOut: number, hidden: number, aa: number): void {
    const { cavity, tongue, teeth, gum } = this.#rig.palette
    const ink = this.#ink
    const depth = 1 - 0.15 * smoothstep(0.2, 1.6, Math.abs(px)) - 0.3 * smoothstep(0.3, 1.1, py) * smoothstep(1.6, 1.1, py - jaw * 0.8)
    ink[0] = cavity[0] * depth
    ink[1] = cavity[1] * depth
    ink[2] = cavity[2] * depth

    const lowerX = px - sideways
    const lowerY = py - jaw * 0.82
    this.#tongueAt(lowerX, lowerY, tongue, tongueOut, aa)
    this.#rowAt(lowerX, lowerY - LOWER_EDGE - hidden, 1, LOWER_TEETH, teeth, gum, 0.8, 1.75, 1 - 2.4 * hidden, aa)
    this.#rowAt(px, UPPER_EDGE - hidden - py, -1, UPPER_TEETH, teeth, gum, 1, 2.3, 1 - 2.4 * hidden, aa)
  }

  /** The tongue's back: a broad dome behind the lower teeth with a shallow furrow. */
  #tongueAt(px: number, py: number, colour: Colour, out: number, aa: number): void {
    const distance = Math.hypot(px / 1.55, (py - 0.62 + 0.2 * out) / 0.95)
    const alpha = smoothstep(1 + aa, 1 - aa - 0.06, distance)
    if (alpha <= 0) return
    const furrow = 0.07 * Math.exp(-((px / 0.16) ** 2)) * smoothstep(1, 0.4, distance)
    const light = 0.4 + 0.42 * smoothstep(1.05, 0.3, distance) - furrow
    this.#mix(colour, light, alpha)
  }

  /**
   * A row of teeth with its gum.
   *
   * @param depth Distance from the row's edge towards its roots, in centimetres.
   * @param side −1 the upper row, 1 the lower.
   */
  #rowAt(
    px: number,
    depth: number,
    side: -1 | 1,
    ends: readonly number[],
    colour: Colour,
    gum: Colour,
    brightness: number,
    reach: number,
    presence: number,
    aa: number,
  ): void {
    const across = Math.abs(px)
    if (across > reach) return
    let tooth = 0
    while (tooth < ends.length - 1 && across > ends[tooth]!) tooth++
    const from = tooth === 0 ? 0 : ends[tooth - 1]!
    const width = ends[tooth]! - from
    const t = (across - from) / width
    // Incisal edges: rounded corners, a little shorter beside the front teeth, rising to the sides.
    const corner = Math.abs(2 * t - 1) ** 5 * 0.035
    const shorter = side === -1 ? [0, 0.035, 0.01, 0.06, 0.1, 0.15][tooth]! : [0.02, 0.02, 0, 0.05, 0.1, 0.15][tooth]!
    const inside = depth - corner - shorter - 0.03 * (across / 1.2) ** 2
    const alpha = smoothstep(-aa * 0.8, aa * 0.8, inside) * smoothstep(reach, reach - 0.5, across) * presence
    if (alpha <= 0) return
    const between = Math.min(t, 1 - t) * width
    const seam = 0.1 * Math.exp(-((between / (0.03 + aa * 0.5)) ** 2)) * (tooth < 4 ? 1 : 0.5)
    const bulge = 1 - 0.07 * (2 * t - 1) ** 2
    const translucent = 0.1 * smoothstep(0.16, 0, inside)
    const around = 1 - 0.5 * smoothstep(0.5, reach, across)
    this.#mix(colour, brightness * (1 - seam) * bulge * (1 - translucent) * around, alpha)
    // Gums begin where the crowns end, in arches.
    const crown = 0.78 - 0.1 * Math.abs(2 * t - 1) ** 2
    const flesh = smoothstep(crown, crown + 0.07, inside)
    if (flesh > 0) this.#mix(gum, brightness * around * 0.95, alpha * flesh)
  }

  #mix(colour: Colour, light: number, alpha: number): void {
    const ink = this.#ink
    for (let c = 0; c < 3; c++) ink[c]! += (colour[c]! * light - ink[c]!) * alpha
  }
}
