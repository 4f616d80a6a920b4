import type { RgbPicture } from '../../media/rgb-picture.js'

/** One scale of a picture. */
export interface PyramidLevel extends RgbPicture {
  /** How many pixels of the picture, along each side, one pixel here stands for: 1, 2, 4 … */
  readonly factor: number
}

/**
 * A picture at half its size, a quarter and so on, each pixel the mean of four. A level is made when it is first asked
 * for; the memory of the levels serves the next picture too.
 */
export class PicturePyramid {
  readonly #levels: PyramidLevel[] = []
  /** Memory of the levels from 1 on. */
  readonly #memory: Uint8Array[] = []

  /** Begins anew with a picture, which is only read, and must not change until the next one. */
  load(picture: RgbPicture): void {
    this.#levels.length = 0
    this.#levels.push({ ...picture, factor: 1 })
  }

  get width(): number {
    return this.#levels[0]?.width ?? 0
  }

  get height(): number {
    return this.#levels[0]?.height ?? 0
  }

  /**
   * The smallest level on which a pixel is not larger than wanted.
   *
   * @param scale - Pixels of the picture for each pixel that is wanted.
   */
  levelFor(scale: number): PyramidLevel {
    let level = this.#levels[0]!
    for (let k = 1; level.factor * 2 <= scale && level.width > 1 && level.height > 1; k++) {
      level = this.#levels[k] ?? this.#add(level, k)
    }
    return level
  }

  #add(finer: PyramidLevel, k: number): PyramidLevel {
    const width = finer.width >> 1
    const height = finer.height >> 1
    let memory = this.#memory[k]
    if (memory === undefined || memory.length < width * height * 3) {
      memory = new Uint8Array(width * height * 3)
      this.#memory[k] = memory
    }
    const level = { rgb: memory, width, height, factor: finer.factor * 2 }
    halve(finer, level)
    this.#levels[k] = level
    return level
  }
}

/** The mean of each two by two pixels, rounded; an odd last row or column is left out. */
function halve(from: RgbPicture, to: RgbPicture): void {
  const stride = from.width * 3
  const source = from.rgb
  const target = to.rgb
  let out = 0
  for (let y = 0; y < to.height; y++) {
    let at = 2 * y * stride
    for (let x = 0; x < to.width; x++, at += 6, out += 3) {
      const below = at + stride
      target[out] = (source[at]! + source[at + 3]! + source[below]! + source[below + 3]! + 2) >> 2
      target[out + 1] = (source[at + 1]! + source[at + 4]! + source[below + 1]! + source[below + 4]! + 2) >> 2
      target[out + 2] = (source[at + 2]! + source[at + 5]! + source[below + 2]! + source[below + 5]! + 2) >> 2
    }
  }
}
