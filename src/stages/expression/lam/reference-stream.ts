import { Resampler } from '../../../dsp/resample.js'
import { LAM_SAMPLE_RATE, LAM_WINDOW_FRAMES, LAM_WINDOW_SAMPLES, lamFrames } from './contract.js'
import type { LamStream, RunWindow } from './lam-stream.js'
import type { ReferenceChain } from './reference-chain.js'
import { matrixOf, rowsOf } from './rows.js'
import { frameVolumes } from './volume.js'

/** Seconds of a chunk, as the published model is fed by its own demonstration and by OpenAvatarChat. */
export const REFERENCE_CHUNK_SECONDS = 1

/**
 * The network on a stream as it was published: chunks of a second, each by itself at the end of a window whose rest is
 * silence (the flag that should let the sound before in is never cleared in the original), then the published chain.
 */
export class ReferenceStream implements LamStream {
  readonly #run: RunWindow
  readonly #chain: ReferenceChain
  readonly #sampleRate: number
  readonly #resampler: Resampler | undefined
  readonly #window = new Float32Array(LAM_WINDOW_SAMPLES)
  readonly #chunk: Float32Array
  #filled = 0

  /** @param sampleRate Hz of the sound: its loudness is measured before it is resampled */
  constructor(run: RunWindow, chain: ReferenceChain, sampleRate: number) {
    this.#run = run
    this.#chain = chain
    this.#sampleRate = sampleRate
    this.#resampler = sampleRate === LAM_SAMPLE_RATE ? undefined : new Resampler(sampleRate, LAM_SAMPLE_RATE)
    this.#chunk = new Float32Array(REFERENCE_CHUNK_SECONDS * sampleRate)
  }

  async *process(samples: Float32Array): AsyncGenerator<Float32Array<ArrayBuffer>> {
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#chunk.length - this.#filled)
      this.#chunk.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      if (this.#filled < this.#chunk.length) return
      yield* this.flush()
    }
  }

  async *flush(): AsyncGenerator<Float32Array<ArrayBuffer>> {
    if (this.#filled === 0) return
    const chunk = this.#chunk.subarray(0, this.#filled)
    this.#filled = 0
    // What is too short for a sample at the network's rate is a frame all the same.
    const length = Math.max(1, this.#fillWindow(chunk))
    const rows = rowsOf(await this.#run(this.#window)).slice(LAM_WINDOW_FRAMES - lamFrames(length))
    yield matrixOf(this.#chain.process(rows, frameVolumes(chunk, this.#sampleRate)))
  }

  /** Puts a chunk at the window's end; returns its length there. */
  #fillWindow(chunk: Float32Array): number {
    const resampler = this.#resampler
    const window = this.#window.fill(0)
    if (resampler === undefined) {
      window.set(chunk, window.length - chunk.length)
      return chunk.length
    }
    // Each chunk is resampled by itself, as if silence were around it.
    const begun = resampler.process(chunk).slice()
    const rest = resampler.flush()
    const length = begun.length + rest.length
    window.set(begun, window.length - length)
    window.set(rest, window.length - rest.length)
    return length
  }
}
