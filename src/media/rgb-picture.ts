/** A decoded picture: `width * height` pixels, row by row, three bytes each: red, green, blue (sRGB). */
export interface RgbPicture {
  readonly rgb: Uint8Array
  readonly width: number
  readonly height: number
}
