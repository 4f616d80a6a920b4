/** Collects how loud the sound is in the time of each motion frame. */
export class FrameLoudness {
  readonly #samplesPerFrame: number
  readonly #energies: number[] = []
  #samples = 0

  /** @param sampleRate Hz; @param fps frames a second */
  constructor(sampleRate: number, fps: number) {
    this.#samplesPerFrame = sampleRate / fps
  }

  /** Takes the samples that follow those before. */
  add(samples: Float32Array): void {
    for (const sample of samples) {
      const frame = Math.floor(this.#samples++ / this.#samplesPerFrame)
      this.#energies[frame] = (this.#energies[frame] ?? 0) + sample * sample
    }
  }

  /** Root mean square of each of `frames` frames; 0 beyond the sound. */
  levels(frames: number): Float32Array {
    return Float32Array.from({ length: frames }, (_, frame) =>
      Math.sqrt((this.#energies[frame] ?? 0) / this.#samplesPerFrame),
    )
  }
}
