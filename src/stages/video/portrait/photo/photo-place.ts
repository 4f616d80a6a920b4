/** Where a photo shows the landmarks of the face. */
export class PhotoPlace {
  readonly #pictured: ArrayLike<number>
  readonly texelsPerPixel: number
  /** Texels of the photo a centimetre of the face. */
  readonly scale: number

  /**
   * @param pictured 468 × (x, y, z) in pixels of the frame.
   * @param texelsPerPixel Texels of the photo for each pixel of the frame.
   * @param scale Pixels of the frame a centimetre of the face.
   */
  constructor(pictured: ArrayLike<number>, texelsPerPixel: number, scale: number) {
    this.#pictured = pictured
    this.texelsPerPixel = texelsPerPixel
    this.scale = scale * texelsPerPixel
  }

  /** x, y of a vertex in texels; a texel's centre has whole coordinates. */
  at(vertex: number): [number, number] {
    return [this.#texel(this.#pictured[vertex * 3]!), this.#texel(this.#pictured[vertex * 3 + 1]!)]
  }

  all(vertices: readonly number[]): [number, number][] {
    return vertices.map((vertex) => this.at(vertex))
  }

  /** A coordinate of the frame for one of the photo. */
  toFrame(texel: number): number {
    return (texel + 0.5) / this.texelsPerPixel - 0.5
  }

  #texel(pixel: number): number {
    return (pixel + 0.5) * this.texelsPerPixel - 0.5
  }
}
