import type { WireFrame } from 'phiz/client'

/** What becomes of the pictures. */
export interface LivePicturesListener {
  /** A picture to be shown now; the listener closes it. */
  picture(picture: ImageBitmap, timestamp: number): void
  failed(reason: unknown): void
}

/**
 * The pictures between turns, as they come: one is decoded at a time, and of those that come meanwhile the newest waits.
 */
export class LivePictures {
  readonly #listener: LivePicturesListener
  #decoding = false
  #next: WireFrame | undefined
  /** Counts the times that all was forgotten. */
  #era = 0

  constructor(listener: LivePicturesListener) {
    this.#listener = listener
  }

  take(frame: WireFrame): void {
    this.#next = frame
    if (!this.#decoding) void this.#decode()
  }

  /** Forgets what has not been shown yet. */
  clear(): void {
    this.#next = undefined
    this.#era += 1
  }

  async #decode(): Promise<void> {
    this.#decoding = true
    for (let frame = this.#takeNext(); frame !== undefined; frame = this.#takeNext()) {
      const era = this.#era
      try {
        const jpeg = new Blob([frame.jpeg as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' })
        const picture = await createImageBitmap(jpeg)
        if (era === this.#era) this.#listener.picture(picture, frame.timestamp)
        else picture.close()
      } catch (error) {
        this.#listener.failed(error)
      }
    }
    this.#decoding = false
  }

  #takeNext(): WireFrame | undefined {
    const next = this.#next
    this.#next = undefined
    return next
  }
}
