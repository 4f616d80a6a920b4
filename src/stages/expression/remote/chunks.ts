/** Chunks are whole tenths of a second: 3 frames at 30 a second, and whole samples at every usual rate. */
const STEPS_A_SECOND = 10
/** Length of the first chunk and of those that follow, in steps: short, so that the face begins early; then long. */
const FIRST_STEPS = 5
const STEPS = 10

/** Longest chunk in seconds. */
export const LONGEST_CHUNK = STEPS / STEPS_A_SECOND

/** Cuts the sound of a turn into chunks for a server that counts frames anew in each. */
export class Chunks {
  readonly sampleRate: number
  readonly #step: number
  readonly #buffer: Float32Array
  #filled = 0
  #wanted: number
  #samples = 0

  /** @param sampleRate Hz of the sound, and of the chunks */
  constructor(sampleRate: number) {
    this.sampleRate = sampleRate
    this.#step = Math.round(sampleRate / STEPS_A_SECOND)
    this.#buffer = new Float32Array(STEPS * this.#step)
    this.#wanted = FIRST_STEPS * this.#step
  }

  /** Samples that have come. */
  get samples(): number {
    return this.#samples
  }

  /** Takes sound and yields the chunks that it completes: views, valid until the next is asked for. */
  *push(samples: Float32Array): Generator<Float32Array> {
    this.#samples += samples.length
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#wanted - this.#filled)
      this.#buffer.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      if (this.#filled < this.#wanted) return
      yield this.#buffer.subarray(0, this.#filled)
      this.#filled = 0
      this.#wanted = STEPS * this.#step
    }
  }

  /** What is left, filled up with silence to a whole number of steps; nothing when nothing is. */
  *flush(): Generator<Float32Array> {
    if (this.#filled === 0) return
    const end = Math.ceil(this.#filled / this.#step) * this.#step
    this.#buffer.fill(0, this.#filled, end)
    yield this.#buffer.subarray(0, end)
    this.#filled = 0
  }

  /** A chunk of silence as long as the first. */
  silence(): Float32Array {
    return new Float32Array(FIRST_STEPS * this.#step)
  }
}
