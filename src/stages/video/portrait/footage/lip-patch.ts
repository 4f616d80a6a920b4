import { drawTriangles, type Picture, type TriangleBatch } from '../../../../dsp/raster.js'
import { smoothstep } from '../../../../dsp/spline.js'
import { distanceTo } from '../photo/face-layer.js'
import { coverageBetween, cutAround } from '../photo/outline-mask.js'
import { PhotoPlace } from '../photo/photo-place.js'
import { LIP_VERTICES, LOWER_LIP, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import { meetHalfway } from './seam-dressing.js'

/** How far around the lips the patch reaches, in centimetres; it fades out on the way. */
const REACH = 0.4
/** Skin around the mouth by which the light of two frames is compared. */
const AROUND = [
  164, 167, 393, 165, 391, 92, 322, 186, 410, 57, 287, 43, 273, 106, 335, 182, 406, 83, 313, 18, 202, 422,
  212, 432,
]
/** The most that the light between two frames may differ, as a factor; what differs more is not light. */
const MOST_LIGHT = 1.5

/** A frame in which the lips are closed. */
export interface CalmFrame {
  readonly picture: Picture
  /** 468 × (x, y, z) in pixels. */
  readonly landmarks: ArrayLike<number>
  /** Pixels a centimetre of the face. */
  readonly scale: number
}

/**
 * Closed lips of one calm frame, laid over the lips of frames in which the person speaks: lips that were filmed apart
 * show teeth at their edges and have no line where they meet.
 */
export class LipPatch {
  /** Colours, and in place of alpha how much of the patch is there. */
  readonly #colours: Uint32Array
  /** The same in the light and the strength of one frame, premultiplied. */
  readonly #lit: Uint32Array
  readonly #batch: TriangleBatch
  /** Mean red, green and blue around the mouth. */
  readonly #light = new Float64Array(3)
  readonly #present = new Float64Array(3)

  /** @param skin Triangles of the face; those that touch the lips are drawn. */
  constructor({ picture, landmarks, scale }: CalmFrame, skin: Uint16Array) {
    const place = new PhotoPlace(landmarks, 1, scale)
    const upper = place.all(UPPER_LIP[0])
    const lower = place.all(LOWER_LIP[0])
    const cut = cutAround([...upper, ...lower], (REACH + 0.1) * scale, picture.width, picture.height)
    const covered = coverageBetween(upper, lower, cut)
    const outline = Float32Array.from([...upper, ...lower.slice(1, -1).reverse()].flat())
    this.#colours = Uint32Array.from(covered, (inside, i) => {
      const x = cut.left + (i % cut.width)
      const y = cut.top + Math.floor(i / cut.width)
      const near = smoothstep(REACH * scale, 0, distanceTo(outline, x, y))
      const presence = Math.round(255 * Math.max(inside, near))
      return ((presence << 24) | (picture.pixels[y * picture.width + x]! & 0xffffff)) >>> 0
    })
    this.#lit = new Uint32Array(this.#colours.length)
    const places = Float32Array.from(
      { length: (landmarks.length / 3) * 2 },
      (_, i) => landmarks[(i >> 1) * 3 + (i % 2)]!,
    )
    this.#batch = {
      texture: { pixels: this.#lit, width: cut.width, height: cut.height },
      triangles: touching(skin, new Set(LIP_VERTICES)),
      uv: places.map((value, i) => value - (i % 2 === 0 ? cut.left : cut.top)),
    }
    for (let k = 0; k < UPPER_SEAM.length; k++) meetHalfway(this.#batch.uv, k, 1)
    meanAround(picture, places, this.#light)
  }

  /**
   * @param canvas Receives the patch.
   * @param frame The filmed frame, for its light.
   * @param filmed x, y of the face's vertices in `frame`.
   * @param positions Where they are to be drawn.
   * @param strength 0–1.
   */
  draw(
    canvas: Picture,
    frame: Picture,
    filmed: Float32Array,
    positions: Float32Array,
    strength: number,
  ): void {
    meanAround(frame, filmed, this.#present)
    this.#tint(strength)
    drawTriangles(canvas, this.#batch, positions)
  }

  #tint(strength: number): void {
    const red = this.#gain(0)
    const green = this.#gain(1)
    const blue = this.#gain(2)
    const colours = this.#colours
    for (let i = 0; i < colours.length; i++) {
      const colour = colours[i]!
      const presence = (colour >>> 24) * strength
      const share = presence / 255
      const r = Math.min(255, (colour & 255) * red) * share
      const g = Math.min(255, ((colour >>> 8) & 255) * green) * share
      const b = Math.min(255, ((colour >>> 16) & 255) * blue) * share
      this.#lit[i] = ((presence + 0.5) << 24) | ((b + 0.5) << 16) | ((g + 0.5) << 8) | (r + 0.5)
    }
  }

  #gain(channel: number): number {
    const gain = this.#present[channel]! / Math.max(1, this.#light[channel]!)
    return Math.min(MOST_LIGHT, Math.max(1 / MOST_LIGHT, gain))
  }
}

/** Triangles with a corner on the lips. */
function touching(triangles: Uint16Array, lips: ReadonlySet<number>): Uint16Array {
  const kept: number[] = []
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = triangles.subarray(t, t + 3)
    if (corners.some((vertex) => lips.has(vertex))) kept.push(...corners)
  }
  return Uint16Array.from(kept)
}

/** Mean colour of small patches of skin around the mouth. */
function meanAround(picture: Picture, places: Float32Array, out: Float64Array): void {
  let red = 0
  let green = 0
  let blue = 0
  let count = 0
  for (const vertex of AROUND) {
    const x = Math.round(places[vertex * 2]!)
    const y = Math.round(places[vertex * 2 + 1]!)
    if (x < 1 || y < 1 || x >= picture.width - 1 || y >= picture.height - 1) continue
    for (let row = y - 1; row <= y + 1; row++) {
      for (let column = x - 1; column <= x + 1; column++) {
        const pixel = picture.pixels[row * picture.width + column]!
        red += pixel & 255
        green += (pixel >>> 8) & 255
        blue += (pixel >>> 16) & 255
        count++
      }
    }
  }
  out[0] = red / Math.max(1, count)
  out[1] = green / Math.max(1, count)
  out[2] = blue / Math.max(1, count)
}
