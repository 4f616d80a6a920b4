import type { Picture, TriangleBatch } from '../../../../dsp/raster.js'

/** A triangle is drawn when a corner has moved by more than this, in pixels, or its shade has changed. */
const STILL = 1 / 64
const UNSHADED = 1 / 256

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Triangles of which only those that differ from the filmed frame are drawn. */
export class MovingTriangles {
  readonly #triangles: Uint16Array
  readonly #chosen: Uint16Array
  readonly #batch: Mutable<TriangleBatch>

  /** @param texture Its size may change between frames; its buffer is looked up each time. */
  constructor(triangles: Uint16Array, texture: Picture, uv: Float32Array) {
    this.#triangles = triangles
    this.#chosen = new Uint16Array(triangles.length)
    this.#batch = { texture, triangles: this.#chosen, count: 0, uv }
  }

  /** The triangles that differ; valid until the next call. */
  select(positions: Float32Array, shade: Float32Array): TriangleBatch {
    const { uv } = this.#batch
    const triangles = this.#triangles
    const chosen = this.#chosen
    let count = 0
    for (let t = 0; t < triangles.length; t += 3) {
      let differs = false
      for (let corner = t; corner < t + 3 && !differs; corner++) {
        const vertex = triangles[corner]!
        differs =
          Math.abs(positions[vertex * 2]! - uv[vertex * 2]!) > STILL ||
          Math.abs(positions[vertex * 2 + 1]! - uv[vertex * 2 + 1]!) > STILL ||
          Math.abs(shade[vertex]!) > UNSHADED
      }
      if (!differs) continue
      chosen[count] = triangles[t]!
      chosen[count + 1] = triangles[t + 1]!
      chosen[count + 2] = triangles[t + 2]!
      count += 3
    }
    this.#batch.count = count
    return this.#batch
  }
}
