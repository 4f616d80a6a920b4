/** The latest samples of a stream, by their place in it. Memory is taken once. */
export class SoundHistory {
  readonly #samples: Float32Array
  #end = 0

  /** @param length how many of the latest samples are kept */
  constructor(length: number) {
    this.#samples = new Float32Array(length)
  }

  /** How many samples have come: the place of the next. */
  get end(): number {
    return this.#end
  }

  /** Takes the samples that follow those before, at most as many as are kept. */
  push(samples: Float32Array): void {
    const kept = this.#samples
    kept.copyWithin(0, samples.length)
    kept.set(samples, kept.length - samples.length)
    this.#end += samples.length
  }

  /** Writes the samples from place `start` on; silence stands for those before the stream, and those not yet come. */
  read(start: number, into: Float32Array): void {
    const offset = start - (this.#end - this.#samples.length)
    const known = this.#samples.subarray(Math.max(0, offset), offset + into.length)
    into.fill(0)
    into.set(known, Math.max(0, -offset))
  }
}
