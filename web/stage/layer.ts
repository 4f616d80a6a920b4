/** What a canvas can be drawn from here: a decoded picture, or another canvas. */
export type Drawable = ImageBitmap | HTMLCanvasElement

/** A canvas that is as large as what was last drawn on it. */
export class Layer {
  readonly canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D

  /** @throws Error where the browser has no 2D canvas */
  constructor(canvas: HTMLCanvasElement = document.createElement('canvas')) {
    const context = canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('This browser has no 2D canvas.')
    this.canvas = canvas
    this.#context = context
  }

  /** Shows a picture, in its own size. */
  take(picture: Drawable): void {
    this.#fit(picture)
    this.#context.drawImage(picture, 0, 0)
  }

  /**
   * Shows what lies between two pictures, in the size of the second.
   * @param share of the second, 0–1
   */
  mix(from: Drawable, to: Drawable, share: number): void {
    this.#fit(to)
    const { width, height } = this.canvas
    this.#context.drawImage(from, 0, 0, width, height)
    this.#context.globalAlpha = share
    this.#context.drawImage(to, 0, 0)
    this.#context.globalAlpha = 1
  }

  #fit({ width, height }: Drawable): void {
    if (this.canvas.width === width && this.canvas.height === height) return
    this.canvas.width = width
    this.canvas.height = height
  }
}
