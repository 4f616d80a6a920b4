/** What is known of the sound, and how fast it shall be. */
export interface PsolaOptions {
  /** Hz. */
  readonly sampleRate: number
  /** Samples between the values of the pitch tracks. */
  readonly hop: number
  /** Hz: where the track is lower, the sound is left as it is. */
  readonly lowest: number
  /** Part of a period by which the strongest part of each period comes after its beginning. */
  readonly delay: number
  /** Speed of the output as a factor of the input's. Default 1. */
  readonly tempo?: number
}

/**
 * Gives a voice whose pitch track is known another pitch, another speed, or both, and leaves its formants as they are:
 * TD-PSOLA (Moulines and Charpentier, "Pitch-synchronous waveform processing techniques", Speech Communication 9, 1990).
 *
 * Grains of two periods, each around a mark once a period, are laid down again at the distance of the new pitch; for
 * another speed some are laid down twice, or not at all. Where both tracks agree the output is the input. All memory is taken at construction; sound comes in pieces of any length
 * and leaves as soon as no further grain can reach it.
 */
export class Psola {
  readonly #input: Float32Array
  readonly #output: Float32Array<ArrayBuffer>
  /** Sample of each mark, in order. */
  readonly #marks: Int32Array
  /** New pitch by old at each mark. */
  readonly #ratios: Float32Array
  readonly #tempo: number
  /** Samples of a period of the lowest pitch. */
  readonly #longest: number
  #filled = 0
  #released = 0
  /** The mark whose grain was laid down last, and where the next grain goes. */
  #mark = 0
  #place: number

  /**
   * @param source Hz, one value a hop, in the middle of it, as `PulseTrain` has it
   * @param target the pitch wanted, as long as `source`
   */
  constructor(source: Float32Array, target: Float32Array, options: PsolaOptions) {
    const length = source.length * options.hop
    this.#tempo = options.tempo ?? 1
    this.#input = new Float32Array(length)
    this.#output = new Float32Array(Math.round(length / this.#tempo))
    this.#longest = Math.ceil(options.sampleRate / options.lowest) + 1
    const marks = marksOf(source, options)
    this.#marks = Int32Array.from(marks)
    this.#ratios = Float32Array.from(marks, (mark) => {
      const frame = Math.min(source.length - 1, Math.floor(mark / options.hop))
      return source[frame]! >= options.lowest ? target[frame]! / source[frame]! : 1
    })
    this.#place = marks[0]! / this.#tempo
  }

  /**
   * Takes the next samples.
   * @returns what they complete: a view on this object's memory, not written again
   */
  push(samples: Float32Array): Float32Array<ArrayBuffer> {
    this.#input.set(samples, this.#filled)
    this.#filled += samples.length
    const { length } = this.#output
    while (this.#place < length) {
      const mark = this.#nearest()
      if (this.#end(mark) > this.#filled) break
      this.#lay(mark)
      this.#mark = mark
      this.#place += (this.#end(mark) - this.#marks[mark]!) / this.#ratios[mark]!
    }
    // No grain that is still to come reaches back further than the longest period.
    const complete =
      this.#filled === this.#input.length
        ? length
        : Math.max(this.#released, Math.floor(this.#place) - this.#longest)
    const released = this.#released
    this.#released = Math.min(complete, length)
    return this.#output.subarray(released, this.#released)
  }

  #nearest(): number {
    const wanted = this.#place * this.#tempo
    let mark = this.#mark
    while (mark + 1 < this.#marks.length) {
      const nearer = this.#marks[mark + 1]! - wanted < wanted - this.#marks[mark]!
      if (!nearer) break
      mark++
    }
    return mark
  }

  /** A grain reaches from the mark before its own to the one behind. */
  #start(mark: number): number {
    return mark === 0 ? 0 : this.#marks[mark - 1]!
  }

  #end(mark: number): number {
    return mark + 1 < this.#marks.length ? this.#marks[mark + 1]! : this.#input.length
  }

  /** Adds the grain of a mark at `place`: half a Hann window to each side; the first and the last stay open. */
  #lay(mark: number): void {
    const centre = this.#marks[mark]!
    const shift = Math.round(this.#place) - centre
    const ratio = this.#ratios[mark]!
    // Fewer grains a second carry less; more of them overlap where they are quiet and add nothing.
    const gain = ratio < 1 ? 1 / Math.sqrt(ratio) : 1
    const first = mark === 0
    const last = mark === this.#marks.length - 1
    const before = centre - this.#start(mark)
    const after = this.#end(mark) - centre
    for (let n = Math.max(-before, -centre - shift); n < after; n++) {
      const at = centre + shift + n
      if (at >= this.#output.length) break
      const isOpen = n < 0 ? first : last
      const weight = isOpen ? 1 : 0.5 + 0.5 * Math.cos((Math.PI * n) / (n < 0 ? before : after))
      this.#output[at]! += gain * weight * this.#input[centre + n]!
    }
  }
}

/** Samples at which a period's strongest part lies; at the lowest pitch's distance where there is no pitch. */
function marksOf(track: Float32Array, { sampleRate, hop, lowest, delay }: PsolaOptions): number[] {
  const marks: number[] = []
  const last = track.length - 1
  let phase = -delay
  for (let n = 0; n < track.length * hop; n++) {
    const place = Math.min(last, Math.max(0, (n + 0.5) / hop - 0.5))
    const before = Math.floor(place)
    const next = Math.min(last, before + 1)
    const pitch = track[before]! + (place - before) * (track[next]! - track[before]!)
    phase += Math.max(lowest, pitch) / sampleRate
    if (phase < 1) continue
    phase -= 1
    marks.push(n)
  }
  return marks.length === 0 ? [0] : marks
}
