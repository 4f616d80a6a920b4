import { smoothstep } from '../../../dsp/spline.js'
import type { Picture } from '../../../dsp/raster.js'
import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'

/** Texels of one upper lid, as they are when the eye is open and when it is closed. */
export interface LidPatch {
  /** Where the texels are in the face's texture. */
  readonly indices: Uint32Array
  readonly open: Uint32Array
  readonly closed: Uint32Array
}

/** Closing of a lid over which its texture changes. */
const BEGIN = 0.2
const END = 0.7

/** Index 0 is the right eye, 1 the left, as in `EYES`. */
const CLOSING = [
  { blink: BLENDSHAPE_INDEX.eyeBlinkRight, down: BLENDSHAPE_INDEX.eyeLookDownRight },
  { blink: BLENDSHAPE_INDEX.eyeBlinkLeft, down: BLENDSHAPE_INDEX.eyeLookDownLeft },
] as const

/** How far an eye is covered by its lid, 0–1, for what changes on the way of a blink. */
export function lidClosing(weights: Float32Array, eye: number): number {
  const { blink, down } = CLOSING[eye]!
  return smoothstep(BEGIN, END, weights[blink]! + 0.36 * weights[down]!)
}

/** The face's texture of one renderer, whose lids change as they close. */
export class LidCover {
  readonly texture: Picture
  readonly #patches: readonly LidPatch[]
  readonly #now = new Float32Array(2)

  /** @param texture The face with open eyes; it is copied. */
  constructor(texture: Picture, patches: readonly LidPatch[]) {
    this.texture = { ...texture, pixels: texture.pixels.slice() }
    this.#patches = patches
  }

  update(weights: Float32Array): void {
    for (let eye = 0; eye < this.#patches.length; eye++) {
      const closing = Math.round(lidClosing(weights, eye) * 256)
      if (closing === this.#now[eye]) continue
      this.#now[eye] = closing
      this.#mix(this.#patches[eye]!, closing)
    }
  }

  #mix({ indices, open, closed }: LidPatch, closing: number): void {
    const { pixels } = this.texture
    const rest = 256 - closing
    for (let k = 0; k < indices.length; k++) {
      const a = open[k]!
      const b = closed[k]!
      const redBlue = ((Math.imul(a & 0xff00ff, rest) + Math.imul(b & 0xff00ff, closing)) >>> 8) & 0xff00ff
      const green = (Math.imul((a >>> 8) & 255, rest) + Math.imul((b >>> 8) & 255, closing)) & 0xff00
      pixels[indices[k]!] = 0xff000000 | redBlue | green
    }
  }
}
