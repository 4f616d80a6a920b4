/** Cuts samples that come in pieces of any length into the frames of an encoder. Its memory is one frame. */
export class SampleFrames {
  readonly #frame: Float32Array
  #filled = 0

  /** @param length samples of a whole frame */
  constructor(length: number) {
    this.#frame = new Float32Array(length)
  }

  /**
   * Adds samples.
   * @param take is given each frame as it becomes whole; the array is used again when its promise has resolved
   */
  async add(samples: Float32Array, take: (frame: Float32Array) => Promise<void>): Promise<void> {
    const size = this.#frame.length
    for (let offset = 0; offset < samples.length;) {
      const count = Math.min(size - this.#filled, samples.length - offset)
      this.#frame.set(samples.subarray(offset, offset + count), this.#filled)
      this.#filled += count
      offset += count
      if (this.#filled === size) await this.rest(take)
    }
  }

  /** Hands out the last, shorter frame, if there is one. */
  async rest(take: (frame: Float32Array) => Promise<void>): Promise<void> {
    if (this.#filled === 0) return
    const frame = this.#frame.subarray(0, this.#filled)
    this.#filled = 0
    await take(frame)
  }
}
