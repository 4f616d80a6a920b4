import { blendPixel } from '../../../dsp/blend.js'
import type { Picture } from '../../../dsp/raster.js'
import { smoothstep } from '../../../dsp/spline.js'
import { gazeAcross, gazeDown } from './gaze.js'
import { Ink } from './ink.js'
import { Opening } from './opening.js'
import type { PosedHead } from './posed-head.js'
import type { PhotographedEyes, Rig } from './rig.js'
import { EYES } from './topology.js'

/** An opening between the lids narrower than this, in centimetres, fades. */
const SLIT = 0.08

/** Where an eye lies at rest: the middle between its corners and the way from the outer to the inner one. */
interface RestEye {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
}

/**
 * Paints eyeballs that were cut out of a photo into the openings between the lids: the eyeball stays where the corners
 * of the eye are while lids slide over it, and the iris moves in it.
 */
export class PhotographedEyePainter {
  readonly #eyes: PhotographedEyes
  readonly #opening: Opening
  readonly #ink = new Ink()
  readonly #rests: readonly RestEye[]

  constructor(rig: Rig, eyes: PhotographedEyes) {
    this.#eyes = eyes
    this.#opening = new Opening(EYES[0].upper.length, rig.size, (rig.size * rig.size) / 16)
    const at = (vertex: number, axis: number): number => rig.rest[vertex * 3 + axis]!
    this.#rests = EYES.map(({ upper }) => ({
      x: (at(upper[0]!, 0) + at(upper[8]!, 0)) / 2,
      y: (at(upper[0]!, 1) + at(upper[8]!, 1)) / 2,
      dx: at(upper[8]!, 0) - at(upper[0]!, 0),
      dy: at(upper[8]!, 1) - at(upper[0]!, 1),
    }))
  }

  paint(target: Picture, head: PosedHead): void {
    for (let index = 0; index < EYES.length; index++) {
      const eye = EYES[index]!
      if (!this.#opening.measure(target, head.positions, eye.upper, eye.lower)) continue
      this.#paintBall(target, head, index)
    }
  }

  #paintBall(target: Picture, head: PosedHead, index: number): void {
    const { mask, top: upperEdge, bottom: lowerEdge, first, last } = this.#opening
    const rest = this.#rests[index]!
    const { white, iris, left, top, texelsPerPixel, irisRadius } = this.#eyes.balls[index]!
    // The turn and the scale that carry the posed corners back to where the photo shows them.
    const nowX = last[0]! - first[0]!
    const nowY = last[1]! - first[1]!
    const norm = nowX * nowX + nowY * nowY
    if (norm < 1) return
    const cosine = (nowX * rest.dx + nowY * rest.dy) / norm
    const sine = (nowX * rest.dy - nowY * rest.dx) / norm
    const middleX = (first[0]! + last[0]!) / 2
    const middleY = (first[1]! + last[1]!) / 2
    const gazeX = gazeAcross(head.weights, index) * irisRadius * texelsPerPixel
    const gazeY = gazeDown(head.weights, index) * irisRadius * texelsPerPixel
    const ink = this.#ink
    for (let row = 0; row < mask.height; row++) {
      const y = mask.y + row
      for (let column = 0; column < mask.width; column++) {
        // Lids that nearly touch close over the eye without a slit.
        const gap = (lowerEdge[column]! - upperEdge[column]!) / head.scale
        const covered = mask.values[row * mask.width + column]! * smoothstep(0, SLIT, gap)
        if (covered <= 0.004) continue
        const x = mask.x + column
        const dx = x - middleX
        const dy = y - middleY
        const u = (rest.x + dx * cosine - dy * sine - left) * texelsPerPixel
        const v = (rest.y + dx * sine + dy * cosine - top) * texelsPerPixel
        ink.set(0, 0, 0)
        ink.lay(white, u, v)
        ink.lay(iris, u - gazeX, v - gazeY)
        blendPixel(target.pixels, y * target.width + x, ink.red, ink.green, ink.blue, covered)
      }
    }
  }
}
