import { LAM_FRAME_RATE, LAM_SAMPLE_RATE } from './contract.js'

/** Power of what counts as no sound at all: −120 dB. */
const FLOOR = 1e-12

/** How loud a stream is in each motion frame, in dB of full scale: 0 for a mean square of 1. */
export class FrameLevels {
  #energy = 0
  #samples = 0
  #frame = 0
  #start = 0
  #frameEnd = firstSampleOf(1)

  /**
   * Takes the samples that follow those before, at the network's rate.
   *
   * @param onLevel told of each frame that they complete
   */
  push(samples: Float32Array, onLevel: (level: number) => void): void {
    for (const sample of samples) {
      this.#energy += sample * sample
      this.#samples += 1
      if (this.#samples === this.#frameEnd) this.#complete(onLevel)
    }
  }

  /** Ends the stream: a part of a frame is a frame. */
  end(onLevel: (level: number) => void): void {
    if (this.#samples > this.#start) this.#complete(onLevel)
  }

  #complete(onLevel: (level: number) => void): void {
    onLevel(10 * Math.log10(this.#energy / (this.#samples - this.#start) + FLOOR))
    this.#start = this.#samples
    this.#frame += 1
    this.#frameEnd = firstSampleOf(this.#frame + 1)
    this.#energy = 0
  }
}

/** Frames are 533⅓ samples long; the sample that two of them share is the later one's. */
function firstSampleOf(frame: number): number {
  return Math.floor((frame * LAM_SAMPLE_RATE) / LAM_FRAME_RATE)
}
