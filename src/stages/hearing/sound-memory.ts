import { HOP_SAMPLES } from './rates.js'

/** The last hops of a stream, as many as are said. 30 s are 2 MB. */
export class SoundMemory {
  readonly #hops: number
  readonly #ring: Float32Array

  /** @param hops how many are kept */
  constructor(hops: number) {
    this.#hops = hops
    this.#ring = new Float32Array(hops * HOP_SAMPLES)
  }

  /** Keeps the samples of a hop, over those of the oldest. */
  put(hop: number, samples: Float32Array): void {
    this.#ring.set(samples, (hop % this.#hops) * HOP_SAMPLES)
  }

  /** The samples of the hops from `from` up to `to`, which are all still kept. */
  copy(from: number, to: number): Float32Array<ArrayBuffer> {
    const samples = new Float32Array((to - from) * HOP_SAMPLES)
    for (let hop = from; hop < to; hop++) {
      const start = (hop % this.#hops) * HOP_SAMPLES
      samples.set(this.#ring.subarray(start, start + HOP_SAMPLES), (hop - from) * HOP_SAMPLES)
    }
    return samples
  }
}
