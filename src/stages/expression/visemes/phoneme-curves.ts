import { smoothstep } from '../../../dsp/smooth.js'
import type { Phoneme } from '../../../pipeline/packet.js'
import type { Viseme, VisemeTable } from './contract.js'
import type { PhonemeLookup } from './phoneme-lookup.js'

/** Curve values a second, as many as the network makes. */
export const PHONEME_CURVE_RATE = 100

/**
 * Seconds of phonemes that must be known beyond a moment. A mouth prepares a sound 60–100 ms ahead; with less, it
 * would open late.
 */
export const PHONEME_LOOKAHEAD = 0.08

/** Over this last part of the look-ahead a phoneme gains its influence, so that none appears at once. */
const ENTRANCE = 0.03

/** Dominance of a mouth at rest where no phoneme is near; small against the least dominant viseme. */
const REST_DOMINANCE = 0.02

/** Beyond this distance, in half-widths, a viseme's dominance is below 1e-5 of its peak. */
const REACH = 5

/** One viseme of a phoneme, on the time line. */
interface Part {
  /** Start of the whole phoneme in seconds: from then on minus the look-ahead, the part is known. */
  readonly start: number
  readonly centre: number
  readonly halfWidth: number
  /** From the centre, in seconds: how long the closure is held. */
  readonly hold: number
  readonly dominance: number
  readonly weights: Float32Array
  readonly closure: Float32Array | undefined
  readonly seals: boolean
}

interface Shape {
  readonly dominance: number
  readonly weights: Float32Array
  readonly closure: Float32Array | undefined
  readonly seals: boolean
}

/**
 * Viseme channels from phoneme times by dominance blending (Cohen and Massaro, "Modeling coarticulation in synthetic
 * visual speech", 1993), with closures that hold whatever the neighbours say. The rules and numbers are those of
 * visemes.json, from which the network learnt too; in addition, a phoneme has no influence more than
 * {@link PHONEME_LOOKAHEAD} before it starts, which makes the curve at a moment a function of what is known by then.
 */
export class PhonemeCurves {
  readonly channels: number
  readonly #table: VisemeTable
  readonly #lookup: PhonemeLookup
  readonly #shapes: ReadonlyMap<string, Shape>
  readonly #sum: Float64Array
  readonly #kept: Float64Array
  readonly #jaw: number
  readonly #close: number
  /** In order of time; those whose influence is over are dropped. */
  #parts: Part[] = []

  constructor(table: VisemeTable, lookup: PhonemeLookup) {
    this.channels = table.channels.length
    this.#table = table
    this.#lookup = lookup
    this.#shapes = new Map(
      Object.entries(table.visemes).map(([name, viseme]) => [name, shapeOf(name, viseme, table)]),
    )
    this.#sum = new Float64Array(this.channels)
    this.#kept = new Float64Array(this.channels)
    this.#jaw = table.channels.indexOf('jawOpen')
    this.#close = table.channels.indexOf('mouthClose')
  }

  /** Number of visemes that still have influence, for inspection. */
  get held(): number {
    return this.#parts.length
  }

  /** Adds phonemes in order of time. */
  add(phonemes: readonly Phoneme[]): void {
    for (const phoneme of phonemes) this.#addOne(phoneme)
  }

  /**
   * Writes the channels at row `index`, whose time is its middle, (index + 0.5) / {@link PHONEME_CURVE_RATE} s. All
   * phonemes that start less than {@link PHONEME_LOOKAHEAD} after that must have been added. Rows rise.
   *
   * @param row `channels` values in [0, 1]
   */
  write(index: number, row: Float32Array): void {
    const time = (index + 0.5) / PHONEME_CURVE_RATE
    this.#forget(time)
    const seal = this.#blend(time)
    for (let c = 0; c < this.channels; c++) row[c] = this.#sum[c]! * this.#kept[c]!
    if (this.#close >= 0) row[this.#close] = Math.max(row[this.#close]!, seal * row[this.#jaw]!)
  }

  /** Leaves weighted means in `#sum` and what closures leave of them in `#kept`; returns how far the lips are sealed. */
  #blend(time: number): number {
    const { flat, power, closureFade } = this.#table.model
    let total = REST_DOMINANCE
    let seal = 0
    this.#sum.fill(0)
    this.#kept.fill(1)
    for (const part of this.#parts) {
      const distance = Math.abs(time - part.centre)
      const entrance = smoothstep(PHONEME_LOOKAHEAD, PHONEME_LOOKAHEAD - ENTRANCE, part.start - time)
      const beyond = Math.max(0, distance / part.halfWidth - flat)
      const dominance = entrance * part.dominance * Math.exp(-(beyond ** power))
      total += dominance
      for (let c = 0; c < this.channels; c++) this.#sum[c]! += dominance * part.weights[c]!
      if (part.closure === undefined) continue
      const held = entrance * Math.exp(-((Math.max(0, distance - part.hold) / closureFade) ** 2))
      for (let c = 0; c < this.channels; c++) {
        this.#kept[c] = Math.min(this.#kept[c]!, 1 - held * part.closure[c]!)
      }
      if (part.seals) seal = Math.max(seal, held)
    }
    for (let c = 0; c < this.channels; c++) this.#sum[c]! /= total
    return seal
  }

  #addOne({ symbol, timestamp, duration }: Phoneme): void {
    const visemes = this.#lookup.visemesOf(symbol)
    const { minHalfWidth, closureHold } = this.#table.model
    const start = timestamp / 1e6
    const step = duration / 1e6 / Math.max(1, visemes.length)
    for (const [i, name] of visemes.entries()) {
      const shape = this.#shapes.get(name)
      if (shape === undefined) continue
      this.#parts.push({
        ...shape,
        start,
        centre: start + (i + 0.5) * step,
        halfWidth: Math.max(minHalfWidth, step / 2),
        hold: closureHold * (duration / 1e6),
      })
    }
  }

  #forget(time: number): void {
    let past = 0
    while (past < this.#parts.length && isPast(this.#parts[past]!, time)) past += 1
    // The list holds at most what reaches into the present and what one packet brought: a fraction of a second.
    if (past > 0) this.#parts.splice(0, past)
  }
}

function isPast({ centre, halfWidth, hold }: Part, time: number): boolean {
  return time > centre + hold + REACH * halfWidth
}

function shapeOf(name: string, viseme: Viseme, { channels, model }: VisemeTable): Shape {
  const vector = (weights: Readonly<Record<string, number>>): Float32Array =>
    Float32Array.from(channels, (channel) => weights[channel] ?? 0)
  return {
    dominance: viseme.dominance,
    weights: vector(viseme.weights),
    closure: viseme.closure === undefined ? undefined : vector(viseme.closure),
    seals: model.seal.includes(name),
  }
}
