import { blendPixel } from '../../../dsp/blend.js'
import { CoverageMask } from '../../../dsp/raster-coverage.js'
import type { Picture } from '../../../dsp/raster.js'
import { curveToColumns, sampleCatmullRom, smoothstep } from '../../../dsp/spline.js'
import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import type { Pose } from './pose.js'
import type { Rig } from './rig.js'
import { EYES, type EyeTopology } from './topology.js'

const STEPS = 4
const POINTS = 8 * STEPS + 1

/** How far the iris travels at a look of 1, in radii of the iris. */
const GAZE_ACROSS = 0.92
const GAZE_UP = 0.62
const GAZE_DOWN = 0.72

interface Gaze {
  /** Channels that move this eye's iris to the picture's right, left, up and down. */
  readonly right: number
  readonly left: number
  readonly up: number
  readonly down: number
}

const GAZES: readonly Gaze[] = [
  {
    right: BLENDSHAPE_INDEX.eyeLookInRight,
    left: BLENDSHAPE_INDEX.eyeLookOutRight,
    up: BLENDSHAPE_INDEX.eyeLookUpRight,
    down: BLENDSHAPE_INDEX.eyeLookDownRight,
  },
  {
    right: BLENDSHAPE_INDEX.eyeLookOutLeft,
    left: BLENDSHAPE_INDEX.eyeLookInLeft,
    up: BLENDSHAPE_INDEX.eyeLookUpLeft,
    down: BLENDSHAPE_INDEX.eyeLookDownLeft,
  },
]

/** Paints the eyeballs into the openings between the lids: white, iris, catch-lights and the shadow of the lid. */
export class EyePainter {
  readonly #rig: Rig
  readonly #mask: CoverageMask
  readonly #points = new Float32Array(9 * 2)
  readonly #outline = new Float32Array(POINTS * 4)
  readonly #upper = new Float32Array(POINTS * 2)
  readonly #lower = new Float32Array(POINTS * 2)
  readonly #top: Float32Array
  readonly #bottom: Float32Array
  readonly #ink: [number, number, number] = [0, 0, 0]
  /** For each eye: the iris's middle at rest relative to the middle between the corners, in pixels. */
  readonly #centres: readonly (readonly [number, number])[]

  constructor(rig: Rig) {
    this.#rig = rig
    this.#mask = new CoverageMask((rig.size * rig.size) / 16)
    this.#top = new Float32Array(rig.size)
    this.#bottom = new Float32Array(rig.size)
    this.#centres = EYES.map((eye) => {
      const at = (vertex: number, axis: number): number => rig.rest[vertex * 3 + axis]!
      const middle = (axis: number): number => (at(eye.upper[0]!, axis) + at(eye.upper[8]!, axis)) / 2
      return [
        (at(eye.upper[4]!, 0) + at(eye.lower[4]!, 0)) / 2 - middle(0),
        at(eye.upper[4]!, 1) * 0.47 + at(eye.lower[4]!, 1) * 0.53 - middle(1),
      ]
    })
  }

  paint(target: Picture, pose: Pose): void {
    EYES.forEach((eye, index) => {
      this.#paintEye(target, pose, eye, index)
    })
  }

  #paintEye(target: Picture, pose: Pose, eye: EyeTopology, index: number): void {
    this.#trace(pose, eye)
    const mask = this.#mask
    mask.fill(this.#outline, POINTS * 2 - 2, target.width, target.height, 1)
    if (mask.width === 0 || mask.height === 0) return
    curveToColumns(this.#upper, POINTS, mask.x, this.#top, mask.width)
    curveToColumns(this.#lower, POINTS, mask.x, this.#bottom, mask.width)

    const { irisRadius, palette, scale } = this.#rig
    const gaze = GAZES[index]!
    const across = (pose.weights[gaze.right]! - pose.weights[gaze.left]!) * GAZE_ACROSS
    const vertical = pose.weights[gaze.down]! * GAZE_DOWN - pose.weights[gaze.up]! * GAZE_UP
    const outerX = this.#upper[0]!
    const innerX = this.#upper[(POINTS - 1) * 2]!
    const [restX, restY] = this.#centres[index]!
    const cosine = pose.rollCosine
    const sine = pose.rollSine
    const ballX = (outerX + innerX) / 2 + restX * cosine - restY * sine
    const ballY = (this.#upper[1]! + this.#upper[(POINTS - 1) * 2 + 1]!) / 2 + restX * sine + restY * cosine
    const irisX = ballX + (across * cosine - vertical * sine) * irisRadius
    const irisY = ballY + (across * sine + vertical * cosine) * irisRadius
    // An iris that looks aside is seen at a slant.
    const radiusX = irisRadius * (1 - 0.1 * across * across)
    const radiusY = irisRadius * (1 - 0.1 * vertical * vertical)
    const glintX = ballX + (irisX - ballX) * 0.7
    const glintY = ballY + (irisY - ballY) * 0.7
    const width = Math.abs(innerX - outerX)
    const inward = Math.sign(innerX - outerX)
    const ink = this.#ink
    for (let row = 0; row < mask.height; row++) {
      const y = mask.y + row
      for (let column = 0; column < mask.width; column++) {
        const covered = mask.values[row * mask.width + column]!
        if (covered <= 0.004) continue
        const x = mask.x + column
        const side = ((x - ballX) * 2) / width
        const dx = (x - irisX) / radiusX
        const dy = (y - irisY) / radiusY
        const below = (y - this.#top[column]!) / scale
        const above = (this.#bottom[column]! - y) / scale

        const ball = 1 - 0.3 * Math.min(1, side * side) - 0.1 * smoothstep(0.3, 0, above)
        ink[0] = palette.sclera[0] * ball
        ink[1] = palette.sclera[1] * (ball - 0.02 * side * side)
        ink[2] = palette.sclera[2] * (ball - 0.03 * side * side)
        this.#mix(palette.caruncle, smoothstep(0.2 * width, 0.02 * width, (innerX - x) * inward) * 0.85)
        this.#mixIris(dx, dy)

        const shadow = 0.62 * Math.exp(-Math.max(0, below) / 0.2)
        this.#mix(palette.lidShadow, shadow)
        this.#mix(palette.waterline, 0.55 * smoothstep(0.1, 0.01, above))
        const main = Math.hypot(x - glintX + irisRadius * 0.34, y - glintY + irisRadius * 0.36) / irisRadius
        const second = Math.hypot(x - glintX - irisRadius * 0.38, y - glintY - irisRadius * 0.42) / irisRadius
        this.#mix([255, 255, 255], 0.96 * smoothstep(0.3, 0.16, main) + 0.38 * smoothstep(0.22, 0.08, second))
        blendPixel(target.pixels, y * target.width + x, ink[0], ink[1], ink[2], covered)
      }
    }
  }

  /** Samples both lid margins and joins them to one outline. */
  #trace(pose: Pose, eye: EyeTopology): void {
    const load = (ring: readonly number[]): void => {
      for (let k = 0; k < ring.length; k++) {
        this.#points[k * 2] = pose.positions[ring[k]! * 2]!
        this.#points[k * 2 + 1] = pose.positions[ring[k]! * 2 + 1]!
      }
    }
    load(eye.upper)
    sampleCatmullRom(this.#points, eye.upper.length, STEPS, this.#upper)
    load(eye.lower)
    sampleCatmullRom(this.#points, eye.lower.length, STEPS, this.#lower)
    this.#outline.set(this.#upper)
    for (let k = 1; k < POINTS - 1; k++) {
      const from = (POINTS - 1 - k) * 2
      this.#outline[(POINTS + k - 1) * 2] = this.#lower[from]!
      this.#outline[(POINTS + k - 1) * 2 + 1] = this.#lower[from + 1]!
    }
  }

  /** Lays the iris over the ink: dx, dy in radii from its middle. */
  #mixIris(dx: number, dy: number): void {
    if (dx * dx + dy * dy > 1.1) return
    const { pixels, width, height } = this.#rig.iris
    const u = (dx * 0.5 + 0.5) * width - 0.5
    const v = (dy * 0.5 + 0.5) * height - 0.5
    const iu = Math.min(width - 2, Math.max(0, Math.floor(u)))
    const iv = Math.min(height - 2, Math.max(0, Math.floor(v)))
    const fu = Math.min(1, Math.max(0, u - iu))
    const fv = Math.min(1, Math.max(0, v - iv))
    const p = iv * width + iu
    let alpha = 0
    const ink = this.#ink
    let red = 0
    let green = 0
    let blue = 0
    for (let corner = 0; corner < 4; corner++) {
      const texel = pixels[p + (corner & 1) + (corner >> 1) * width]!
      const weight = ((corner & 1) === 1 ? fu : 1 - fu) * (corner > 1 ? fv : 1 - fv)
      alpha += (texel >>> 24) * weight
      red += (texel & 255) * weight
      green += ((texel >>> 8) & 255) * weight
      blue += ((texel >>> 16) & 255) * weight
    }
    const rest = 1 - alpha / 255
    ink[0] = ink[0] * rest + red
    ink[1] = ink[1] * rest + green
    ink[2] = ink[2] * rest + blue
  }

  #mix(colour: readonly [number, number, number], alpha: number): void {
    const ink = this.#ink
    const share = Math.min(1, alpha)
    for (let c = 0; c < 3; c++) ink[c]! += (colour[c]! - ink[c]!) * share
  }
}
