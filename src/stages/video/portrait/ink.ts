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
}
