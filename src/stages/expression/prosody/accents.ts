import { clamp, onePole } from '../../../dsp/smooth.js'
import { PitchTracker } from './pitch.js'

/** A stressed place in speech. */
export interface Accent {
  /** Seconds from the stream's start. */
  readonly time: number
  /** 0–1. */
  readonly strength: number
}

const HOP = 0.01
/** Hops from one look at the pitch to the next: it costs more than all else here, and a voice moves little in 40 ms. */
const PITCH_EVERY = 4
/** Below this level nothing is said, in dB of full scale. */
const QUIET = -52
/** Time constants in seconds: of a syllable, and of the usual level and pitch it is measured against. */
const SYLLABLE = 0.04
const USUAL = 1.5
/** An accent begins above the first score and is over below the second. */
const BEGINS = 0.5
const ENDS = 0.25
/** Seconds of sound before the first accent: until then nothing is usual. */
const SETTLING = 0.3
/** Seconds from one accent to the next at the least; people do not nod at every stressed syllable. */
const LEAST_DISTANCE = 0.9

/** Finds the places that are said louder or higher than usual, causally and in fixed memory. */
export class AccentDetector {
  readonly #sampleRate: number
  readonly #hop: number
  readonly #pitch: PitchTracker
  readonly #followSyllable = onePole(HOP, SYLLABLE)
  readonly #followUsual = onePole(HOP, USUAL)
  #hops = 0
  #filled = 0
  #energy = 0
  #level = QUIET
  #usualLevel: number | undefined
  #usualPitch: number | undefined
  #rise = 0
  #within = false
  #heard = 0
  #last = -LEAST_DISTANCE

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate
    this.#hop = Math.round(HOP * sampleRate)
    this.#pitch = new PitchTracker(sampleRate)
  }

  /** Takes the next samples, any number; the accents found do not depend on how the stream was cut. */
  process(samples: Float32Array, onAccent: (accent: Accent) => void): void {
    let from = 0
    while (from < samples.length) {
      const to = Math.min(samples.length, from + this.#hop - this.#filled)
      for (let n = from; n < to; n++) this.#energy += samples[n]! * samples[n]!
      this.#pitch.push(samples, from, to)
      this.#filled += to - from
      from = to
      if (this.#filled === this.#hop) this.#endHop(onAccent)
    }
  }

  #endHop(onAccent: (accent: Accent) => void): void {
    const level = 10 * Math.log10(this.#energy / this.#hop + 1e-9)
    this.#energy = 0
    this.#filled = 0
    this.#hops += 1
    this.#level += (level - this.#level) * this.#followSyllable
    if (level < QUIET) {
      this.#within = false
      return
    }
    this.#heard += HOP
    if (this.#hops % PITCH_EVERY === 0) this.#followPitch()
    this.#usualLevel ??= level
    const prominence = this.#level - this.#usualLevel
    this.#usualLevel += (level - this.#usualLevel) * this.#followUsual
    this.#decide(0.6 * ramp(prominence, 1, 7) + 0.4 * ramp(this.#rise, 1, 5), onAccent)
  }

  /** Semitones above the usual pitch; an unvoiced hop keeps the last one. */
  #followPitch(): void {
    const hertz = this.#pitch.estimate()
    if (hertz === 0) return
    const semitones = 12 * Math.log2(hertz)
    this.#usualPitch ??= semitones
    this.#rise = semitones - this.#usualPitch
    this.#usualPitch += this.#rise * this.#followUsual * PITCH_EVERY
  }

  #decide(score: number, onAccent: (accent: Accent) => void): void {
    if (score < ENDS) this.#within = false
    if (score < BEGINS || this.#within || this.#heard < SETTLING) return
    this.#within = true
    const time = (this.#hops * this.#hop) / this.#sampleRate
    if (time - this.#last < LEAST_DISTANCE) return
    this.#last = time
    onAccent({ time, strength: clamp(score, 0, 1) })
  }
}

function ramp(value: number, from: number, to: number): number {
  return clamp((value - from) / (to - from), 0, 1)
}
