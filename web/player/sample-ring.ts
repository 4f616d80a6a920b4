/** How many samples of a turn may wait: more than a turn's flow window and the longest packet together. */
const SECONDS = 30
/** How many samples off a packet may begin, by the rounding of its timestamp, and still join the one before. */
const ROUNDING = 2

/** What became of a read. */
export type Reading = 'playing' | 'waiting' | 'empty'

/**
 * The samples of one turn on their way to the loudspeaker: written in packets, read in quanta, on one thread. It counts
 * the turn's time in samples that were really played; while it has nothing to give, time stands still.
 */
export class SampleRing {
  readonly #samples: Float32Array
  readonly #tail: Float32Array
  readonly #startAfter: number
  #start = 0
  #length = 0
  #position = 0
  #begun = false
  #started = false
  #ended = false
  #tailLength = 0

  /**
   * @param sampleRate samples a second
   * @param fade length in samples of the fade that a cut ends with
   * @param startAfter samples that must wait before the first is played, and after every gap
   */
  constructor(sampleRate: number, fade: number, startAfter: number) {
    this.#samples = new Float32Array(Math.ceil(sampleRate * SECONDS))
    this.#tail = new Float32Array(fade)
    this.#startAfter = startAfter
  }

  /** Samples that wait. */
  get waiting(): number {
    return this.#length
  }

  /** The turn's time in samples: where the next one that is read stands. */
  get position(): number {
    return this.#position
  }

  /** Whether nothing more comes of this turn. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Takes a packet. The first says where the turn's time begins; a gap before a later one is filled with silence, and
   * what was played already is left out.
   * @param at the turn's time of its first sample, in samples
   * @param samples in [-1, 1]
   * @returns samples that found no room
   */
  write(at: number, samples: Float32Array): number {
    if (!this.#begun) {
      this.#begun = true
      this.#position = at
    }
    const gap = at - (this.#position + this.#length)
    if (gap > ROUNDING) this.#appendSilence(Math.min(gap, this.#room()))
    const skip = gap < -ROUNDING ? Math.min(-gap, samples.length) : 0
    const taken = Math.min(samples.length - skip, this.#room())
    const into = this.#append(taken)
    const beforeWrap = Math.min(taken, this.#samples.length - into)
    this.#samples.set(samples.subarray(skip, skip + beforeWrap), into)
    this.#samples.set(samples.subarray(skip + beforeWrap, skip + taken), 0)
    return samples.length - skip - taken
  }

  /** Nothing more comes: what waits is played however little it is, and time goes on in silence after it. */
  end(): void {
    this.#ended = true
  }

  /** Forgets the turn. What is heard of it from here on is a fade to silence. */
  cut(): void {
    const fading = this.#started ? Math.min(this.#tail.length, this.#length) : 0
    for (let index = 0; index < fading; index += 1) {
      this.#tail[index] = this.#samples[this.#index(index)]! * (1 - (index + 1) / fading)
    }
    if (fading > 0) this.#tailLength = fading
    this.#start = 0
    this.#length = 0
    this.#position = 0
    this.#begun = false
    this.#started = false
    this.#ended = false
  }

  /**
   * Fills a quantum with what is next, and with silence where there is nothing.
   * @returns `playing` when the turn's time went on, `waiting` when it stands still, `empty` when there is no turn
   */
  read(output: Float32Array): Reading {
    const reading = this.#next(output)
    if (this.#tailLength > 0) this.#addTail(output)
    return reading
  }

  #next(output: Float32Array): Reading {
    if (!this.#begun) {
      output.fill(0)
      return 'empty'
    }
    if (!this.#started && (this.#length >= this.#startAfter || this.#ended)) this.#started = true
    // A gap: enough must wait again, so that one late packet is one gap and not many.
    if (this.#started && this.#length === 0 && !this.#ended) this.#started = false
    if (!this.#started) {
      output.fill(0)
      return 'waiting'
    }
    const given = Math.min(output.length, this.#length)
    for (let index = 0; index < given; index += 1) output[index] = this.#samples[this.#index(index)]!
    output.fill(0, given)
    this.#start = this.#index(given)
    this.#length -= given
    this.#position += this.#ended ? output.length : given
    return 'playing'
  }

  #addTail(output: Float32Array): void {
    const length = Math.min(this.#tailLength, output.length)
    for (let index = 0; index < length; index += 1) output[index]! += this.#tail[index]!
    this.#tailLength = 0
  }

  #room(): number {
    return this.#samples.length - this.#length
  }

  #index(offset: number): number {
    const index = this.#start + offset
    return index >= this.#samples.length ? index - this.#samples.length : index
  }

  #appendSilence(count: number): void {
    const from = this.#append(count)
    const beforeWrap = Math.min(count, this.#samples.length - from)
    this.#samples.fill(0, from, from + beforeWrap)
    this.#samples.fill(0, 0, count - beforeWrap)
  }

  /** Makes room at the end, for the caller to fill; returns where it begins. */
  #append(count: number): number {
    const from = this.#index(this.#length)
    this.#length += count
    return from
  }
}
