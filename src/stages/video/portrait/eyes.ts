import { blendPixel } from '../../../dsp/blend.js'
import type { Picture } from '../../../dsp/raster.js'
import { smoothstep } from '../../../dsp/spline.js'
import { gazeAcross, gazeDown } from './gaze.js'
import { Ink } from './ink.js'
import { Opening } from './opening.js'
import type { PosedHead } from './posed-head.js'
import type { Colour, DrawnEyes, Rig } from './rig.js'
import { EYES, type EyeTopology } from './topology.js'

/** A reflection follows the iris by this share: the cornea is a ball of its own. */
const GLINT_SHARE = 0.7
const WHITE: Colour = [255, 255, 255]

/** One eyeball for one frame, in pixels. */
interface Ball {
  x: number
  y: number
  irisX: number
  irisY: number
  radiusX: number
  radiusY: number
  /** x of the inner corner, and the direction from the outer corner to it. */
  innerX: number
  inward: number
  width: number
}

/** Paints drawn eyeballs into the openings between the lids: white, iris, reflections and the shadow of the lid. */
export class EyePainter {
  readonly #rig: Rig
  readonly #eyes: DrawnEyes
  readonly #opening: Opening
  readonly #ink = new Ink()
  readonly #ball: Ball = {
    x: 0,
    y: 0,
    irisX: 0,
    irisY: 0,
    radiusX: 1,
    radiusY: 1,
    innerX: 0,
    inward: 1,
    width: 1,
  }
  /** For each eye: the ball's middle relative to the middle between the corners, in pixels. */
  readonly #centres: readonly (readonly [number, number])[]

  constructor(rig: Rig, eyes: DrawnEyes) {
    this.#rig = rig
    this.#eyes = eyes
    this.#opening = new Opening(EYES[0].upper.length, rig.size, (rig.size * rig.size) / 16)
    this.#centres = EYES.map((eye) => ballCentre(eye, rig.rest))
  }

  paint(target: Picture, pose: PosedHead): void {
    for (let index = 0; index < EYES.length; index++) {
      const eye = EYES[index]!
      if (!this.#opening.measure(target, pose.positions, eye.upper, eye.lower)) continue
      this.#placeBall(pose, index)
      this.#paintBall(target)
    }
  }

  #placeBall(pose: PosedHead, index: number): void {
    const { irisRadius } = this.#eyes
    const { first, last } = this.#opening
    const ball = this.#ball
    const across = gazeAcross(pose.weights, index)
    const vertical = gazeDown(pose.weights, index)
    const restX = this.#centres[index]![0]
    const restY = this.#centres[index]![1]
    const cosine = pose.rollCosine
    const sine = pose.rollSine
    ball.x = (first[0]! + last[0]!) / 2 + restX * cosine - restY * sine
    ball.y = (first[1]! + last[1]!) / 2 + restX * sine + restY * cosine
    ball.irisX = ball.x + (across * cosine - vertical * sine) * irisRadius
    ball.irisY = ball.y + (across * sine + vertical * cosine) * irisRadius
    // An iris that looks aside is seen at a slant.
    ball.radiusX = irisRadius * (1 - 0.1 * across * across)
    ball.radiusY = irisRadius * (1 - 0.1 * vertical * vertical)
    ball.innerX = last[0]!
    ball.inward = Math.sign(last[0]! - first[0]!)
    ball.width = Math.max(1, Math.abs(last[0]! - first[0]!))
  }

  #paintBall(target: Picture): void {
    const { mask, top, bottom } = this.#opening
    const { scale } = this.#rig
    const ink = this.#ink
    for (let row = 0; row < mask.height; row++) {
      const y = mask.y + row
      for (let column = 0; column < mask.width; column++) {
        const covered = mask.values[row * mask.width + column]!
        if (covered <= 0.004) continue
        const x = mask.x + column
        this.#mixColours(x, y, (y - top[column]!) / scale, (bottom[column]! - y) / scale)
        blendPixel(target.pixels, y * target.width + x, ink.red, ink.green, ink.blue, covered)
      }
    }
  }

  /** Colour at a pixel that lies `below` centimetres under the upper lid and `above` over the lower. */
  #mixColours(x: number, y: number, below: number, above: number): void {
    const { irisRadius } = this.#eyes
    const { sclera, caruncle, lidShadow, waterline } = this.#rig.palette
    const ball = this.#ball
    const ink = this.#ink
    const side = Math.min(1, (((x - ball.x) * 2) / ball.width) ** 2)
    const round = 1 - 0.36 * side - 0.1 * smoothstep(0.3, 0, above)
    ink.set(sclera[0] * round, sclera[1] * (round - 0.02 * side), sclera[2] * (round - 0.03 * side))
    const corner = (ball.innerX - x) * ball.inward
    ink.mix(caruncle, 1, 0.85 * smoothstep(0.2 * ball.width, 0.02 * ball.width, corner))
    this.#mixIris((x - ball.irisX) / ball.radiusX, (y - ball.irisY) / ball.radiusY)
    ink.mix(lidShadow, 1, 0.7 * Math.exp(-Math.max(0, below) / 0.22))
    ink.mix(waterline, 1, 0.55 * smoothstep(0.1, 0.01, above))

    // Two lights: a window to the upper left, and what the floor gives back.
    const glintX = (x - ball.x - (ball.irisX - ball.x) * GLINT_SHARE) / irisRadius
    const glintY = (y - ball.y - (ball.irisY - ball.y) * GLINT_SHARE) / irisRadius
    const main = 0.96 * smoothstep(0.3, 0.16, Math.hypot(glintX + 0.34, glintY + 0.36))
    const second = 0.38 * smoothstep(0.22, 0.08, Math.hypot(glintX - 0.38, glintY - 0.42))
    ink.mix(WHITE, 1, Math.min(1, main + second))
  }

  /** Lays the iris over the ink: dx, dy in radii from its middle. */
  #mixIris(dx: number, dy: number): void {
    if (dx * dx + dy * dy > 1.1) return
    const { width, height } = this.#eyes.iris
    const u = (dx * 0.5 + 0.5) * width - 0.5
    const v = (dy * 0.5 + 0.5) * height - 0.5
    this.#ink.lay(this.#eyes.iris, u, v)
  }
}

/** Middle of the eyeball at rest, relative to the middle between the corners. */
function ballCentre(eye: EyeTopology, rest: Float32Array): readonly [number, number] {
  const at = (vertex: number, axis: number): number => rest[vertex * 3 + axis]!
  const corners = (axis: number): number => (at(eye.upper[0]!, axis) + at(eye.upper[8]!, axis)) / 2
  return [
    (at(eye.upper[4]!, 0) + at(eye.lower[4]!, 0)) / 2 - corners(0),
    at(eye.upper[4]!, 1) * 0.47 + at(eye.lower[4]!, 1) * 0.53 - corners(1),
  ]
}
