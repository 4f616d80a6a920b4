/** Seconds of sound that two neighbouring stretches share, and seconds around its place in which one is looked for. */
const OVERLAP = 0.015
const SEARCH = 0.0125
/** Input samples handled at a time. */
const BLOCK = 2048

/**
 * Gives a voice another speed and leaves its pitch as it is: WSOLA (Verhelst and Roelands, "An overlap-add technique
 * based on waveform similarity (WSOLA) for high quality time-scale modification of speech", ICASSP 1993).
 *
 * The output is made of stretches of the input that are faded into each other. Each lies about where the speed wants
 * it: at the place nearby that looks most like what would have followed the stretch before.
 *
 * Sound comes in pieces of any length and gives the same output however it is cut. All memory but the output's is
 * taken at construction.
 */
export class TimeStretch {
  readonly #tempo: number
  readonly #overlap: number
  readonly #search: number
  readonly #fade: Float32Array
  /** The input that may still be needed; its first sample is number `#origin`. */
  readonly #input: Float32Array
  #origin = 0
  #filled = 0
  /** Where the stretch that is heard now goes on. */
  #follows = 0
  /** Stretches laid down so far. */
  #count = 0
  #received = 0
  #produced = 0

  /**
   * @param sampleRate Hz
   * @param tempo speed of the output as a factor of the input's, 0.25 to 4
   */
  constructor(sampleRate: number, tempo: number) {
    this.#tempo = tempo
    this.#overlap = Math.round(OVERLAP * sampleRate)
    this.#search = Math.round(SEARCH * sampleRate)
    // Half a Hann window: the part that fades in, and the part that fades out, sum to one.
    this.#fade = Float32Array.from(
      { length: this.#overlap },
      (_, n) => 0.5 - 0.5 * Math.cos((Math.PI * (n + 0.5)) / this.#overlap),
    )
    const step = Math.ceil(this.#overlap * Math.max(1, tempo))
    this.#input = new Float32Array(BLOCK + 2 * (step + this.#overlap + this.#search))
  }

  /** Takes the next samples. @returns what they complete: a new array */
  process(samples: Float32Array): Float32Array {
    const output = new Float32Array(this.#room(samples.length))
    this.#received += samples.length
    return output.subarray(0, this.#feed(samples, output))
  }

  /** Ends the sound. @returns the rest, so that all of it is `round(samples in / tempo)` long */
  flush(): Float32Array {
    const missing = Math.round(this.#received / this.#tempo) - this.#produced
    const silence = new Float32Array(
      Math.ceil((missing + 3 * this.#overlap) * this.#tempo) + 3 * this.#search,
    )
    const output = new Float32Array(this.#room(silence.length))
    this.#feed(silence, output)
    return output.subarray(0, missing)
  }

  /** The most that can come out of `length` more samples. */
  #room(length: number): number {
    return Math.ceil((this.#filled + length) / this.#tempo) + 2 * this.#overlap
  }

  #feed(samples: Float32Array, output: Float32Array): number {
    let written = 0
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#input.length - this.#filled)
      this.#input.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      while (this.#isReady()) {
        this.#lay(output, written)
        written += this.#overlap
      }
      this.#forget()
    }
    this.#produced += written
    return written
  }

  /** Whether the next stretch, wherever it is found, is there as a whole. */
  #isReady(): boolean {
    const furthest = Math.max(this.#follows, this.#wanted + this.#search) + this.#overlap
    return furthest <= this.#origin + this.#filled
  }

  /** Where the speed wants the next stretch to begin. */
  get #wanted(): number {
    return Math.round(this.#count * this.#overlap * this.#tempo)
  }

  /** Fades from what follows the last stretch to the next one. */
  #lay(output: Float32Array, at: number): void {
    const input = this.#input
    const old = this.#follows - this.#origin
    const next = this.#mostAlike(old)
    for (let n = 0; n < this.#overlap; n++) {
      const rise = this.#fade[n]!
      output[at + n] = (1 - rise) * input[old + n]! + rise * input[next + n]!
    }
    this.#follows = next + this.#origin + this.#overlap
    this.#count++
  }

  /** The place around the wanted one whose sound correlates best with that at `old`; both within the buffer. */
  #mostAlike(old: number): number {
    const input = this.#input
    const wanted = this.#wanted - this.#origin
    const first = Math.max(0, wanted - this.#search)
    const last = wanted + this.#search
    let energy = 0
    for (let n = 0; n < this.#overlap; n++) energy += input[first + n]! ** 2
    let best = wanted
    let bestLikeness = -Infinity
    for (let place = first; place <= last; place++) {
      const likeness = this.#product(old, place) / Math.sqrt(Math.max(energy, 1e-9))
      if (likeness > bestLikeness) {
        best = place
        bestLikeness = likeness
      }
      energy += input[place + this.#overlap]! ** 2 - input[place]! ** 2
    }
    return bestLikeness > 0 ? best : wanted
  }

  #product(a: number, b: number): number {
    const input = this.#input
    let sum = 0
    for (let n = 0; n < this.#overlap; n++) sum += input[a + n]! * input[b + n]!
    return sum
  }

  /** Drops the input that no stretch will need any more. */
  #forget(): void {
    const needed = Math.min(this.#follows, this.#wanted - this.#search)
    const done = Math.min(this.#filled, Math.max(0, needed - this.#origin))
    this.#input.copyWithin(0, done, this.#filled)
    this.#filled -= done
    this.#origin += done
  }
}
