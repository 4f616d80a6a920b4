/** Milliseconds in which an interrupted face closes its mouth. */
const REST_AFTER = 140
/** A mouth that is open no further than this is closed. */
const CLOSED = 0.05

/**
 * The face on its canvas. It keeps the last picture with the mouth closed; when a turn is cut, it goes over to that one,
 * softly, as a mouth closes.
 */
export class FaceCanvas {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  /** The face at rest, or the nearest to it so far. */
  #rest: ImageBitmap | undefined
  #restOpening: number | undefined
  #fade: number | undefined

  /** @throws Error where the browser has no 2D canvas */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('This browser has no 2D canvas.')
    this.#canvas = canvas
    this.#context = context
  }

  /**
   * Draws a picture. It belongs to the canvas from here on.
   * @param opening how far the mouth is open in it, 0–1; undefined where that is not known
   */
  draw(picture: ImageBitmap, opening: number | undefined): void {
    this.#stopFading()
    this.#fit(picture)
    this.#context.drawImage(picture, 0, 0)
    if (this.#isNearerToRest(opening)) {
      this.#rest?.close()
      this.#rest = picture
      this.#restOpening = opening
    } else {
      picture.close()
    }
  }

  /** Goes over to the face at rest. */
  rest(): void {
    const rest = this.#rest
    if (rest === undefined) return
    this.#stopFading()
    this.#fit(rest)
    const startedAt = performance.now()
    let shown = 0
    const step = (now: number): void => {
      const wanted = Math.min(1, Math.max(0, (now - startedAt) / REST_AFTER))
      // Drawn over what is there already: this much of what is left brings it to `wanted`.
      this.#context.globalAlpha = shown >= 1 ? 1 : (wanted - shown) / (1 - shown)
      this.#context.drawImage(rest, 0, 0)
      this.#context.globalAlpha = 1
      shown = wanted
      this.#fade = shown < 1 ? requestAnimationFrame(step) : undefined
    }
    this.#fade = requestAnimationFrame(step)
  }

  #isNearerToRest(opening: number | undefined): boolean {
    if (this.#rest === undefined) return true
    return opening !== undefined && opening <= Math.max(CLOSED, this.#restOpening ?? Infinity)
  }

  #stopFading(): void {
    if (this.#fade !== undefined) cancelAnimationFrame(this.#fade)
    this.#fade = undefined
  }

  #fit({ width, height }: ImageBitmap): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return
    this.#canvas.width = width
    this.#canvas.height = height
  }
}
