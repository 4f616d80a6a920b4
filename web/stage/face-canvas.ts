import { Layer } from './layer.js'

/** Milliseconds in which an interrupted face closes its mouth. */
const TO_REST = 120
/** Milliseconds in which the last picture of a turn becomes the first between turns. */
const TO_LIFE = 120
/** A face that is no further from rest than this is at rest. */
const AT_REST = 0.05

/** One picture turning into another. */
interface Fade {
  readonly startedAt: number
  readonly length: number
  request: number
}

/**
 * The face on its canvas. Pictures of a turn are drawn as they are. When a turn is cut, the face goes over to the last
 * picture with its mouth closed, softly, as a mouth closes; and from whatever is there, as softly, to its life between
 * turns.
 */
export class FaceCanvas {
  readonly #face: Layer
  /** The face at rest, or the nearest to it so far. */
  readonly #rest = new Layer()
  readonly #from = new Layer()
  readonly #to = new Layer()
  /** How far from rest the face at rest is; undefined while there is none. */
  #restUnrest: number | undefined
  /** Whether there is a picture at all. */
  #begun = false
  #alive = false
  #fade: Fade | undefined

  /** @throws Error where the browser has no 2D canvas */
  constructor(canvas: HTMLCanvasElement) {
    this.#face = new Layer(canvas)
  }

  /**
   * Draws a picture of a turn. It is closed here.
   * @param unrest how far from rest the face is in it; undefined where that is not known
   */
  draw(picture: ImageBitmap, unrest: number | undefined): void {
    this.#stopFading()
    this.#alive = false
    this.#begun = true
    this.#face.take(picture)
    this.#keep(picture, unrest)
    picture.close()
  }

  /** Draws a picture between turns. It is closed here. */
  live(picture: ImageBitmap, unrest: number | undefined): void {
    // A mouth that is closing already closes no later for it.
    if (!this.#alive && this.#begun) this.#beginFade(this.#fade === undefined ? TO_LIFE : TO_LIFE / 2)
    this.#alive = true
    this.#begun = true
    if (this.#fade === undefined) this.#face.take(picture)
    else this.#to.take(picture)
    this.#keep(picture, unrest)
    picture.close()
  }

  /** Goes over to the face at rest. */
  rest(): void {
    this.#alive = false
    if (this.#restUnrest === undefined) return
    this.#to.take(this.#rest.canvas)
    this.#beginFade(TO_REST)
  }

  /** Another face comes: what is known of this one is no rest for it. */
  forget(): void {
    this.#restUnrest = undefined
  }

  #keep(picture: ImageBitmap, unrest: number | undefined): void {
    if (this.#restUnrest !== undefined) {
      if (unrest === undefined || unrest > Math.max(AT_REST, this.#restUnrest)) return
    }
    this.#rest.take(picture)
    this.#restUnrest = unrest ?? Infinity
  }

  #beginFade(length: number): void {
    this.#stopFading()
    this.#from.take(this.#face.canvas)
    const fade: Fade = { startedAt: performance.now(), length, request: 0 }
    const step = (now: number): void => {
      // A repaint's time may lie before the call that asked for it.
      const share = Math.min(1, Math.max(0, (now - fade.startedAt) / length))
      this.#face.mix(this.#from.canvas, this.#to.canvas, share)
      if (share < 1) fade.request = requestAnimationFrame(step)
      else this.#fade = undefined
    }
    fade.request = requestAnimationFrame(step)
    this.#fade = fade
  }

  #stopFading(): void {
    if (this.#fade !== undefined) cancelAnimationFrame(this.#fade.request)
    this.#fade = undefined
  }
}
