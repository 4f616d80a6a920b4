import type { Picture } from '../../../dsp/raster.js'

/** A colour that is mixed in place: red, green and blue, 0–255. */
export class Ink {
  red = 0
  green = 0
  blue = 0

  set(red: number, green: number, blue: number): void {
    this.red = red
    this.green = green
    this.blue = blue
  }

  /** Mixes in a colour, lit by `light`, by `alpha` in [0, 1]. */
  mix(colour: readonly [number, number, number], light: number, alpha: number): void {
    this.red += (colour[0] * light - this.red) * alpha
    this.green += (colour[1] * light - this.green) * alpha
    this.blue += (colour[2] * light - this.blue) * alpha
  }
  /**
   * Lays the premultiplied texel at u, v over the ink, bilinear; whole numbers are texel centres, and what lies beyond
   * the picture is its edge.
   */
  lay({ pixels, width, height }: Picture, u: number, v: number): void {
    const x = Math.min(width - 1.01, Math.max(0, u))
    const y = Math.min(height - 1.01, Math.max(0, v))
    const iu = Math.floor(x)
    const iv = Math.floor(y)
    const fu = x - iu
    const fv = y - iv
    let red = 0
    let green = 0
    let blue = 0
    let alpha = 0
    for (let corner = 0; corner < 4; corner++) {
      const texel = pixels[(iv + (corner >> 1)) * width + iu + (corner & 1)]!
      const weight = ((corner & 1) === 1 ? fu : 1 - fu) * (corner > 1 ? fv : 1 - fv)
      red += (texel & 255) * weight
      green += ((texel >>> 8) & 255) * weight
      blue += ((texel >>> 16) & 255) * weight
      alpha += (texel >>> 24) * weight
    }
    const rest = 1 - alpha / 255
    this.set(this.red * rest + red, this.green * rest + green, this.blue * rest + blue)
  }
}
