import { RealFft } from '../../dsp/fft.js'
import type { SpectralFilter, Spectrum } from '../../dsp/spectral-stream.js'
import { hannWindow } from '../../dsp/window.js'
import { BANDS, EchoBands, FRAME_HOP, FRAME_SAMPLES } from './echo-bands.js'
import { EchoDelay } from './echo-delay.js'
import { EchoLevel } from './echo-level.js'
import type { PlayedSound } from './played-sound.js'

/** Frames by which an echo may come too early: announcements are up to 96 ms off. */
const LEAD = 6
/** Frames of delay that are searched: from 96 ms too early to 400 ms late. */
const DELAYS = LEAD + 25 + 1
/** Frames in which a room's echo dies away, behind the longest delay. */
const TAIL = 16
const ROWS = DELAYS + TAIL
/** Power that is left of a frame after some more: 60 dB are lost in 0.5 s, as in a furnished room. */
const DECAY = Float64Array.from({ length: TAIL + 1 }, (_, frames) => 10 ** ((-60 / 10) * (frames / 31)))
/** Part of the frames that are below the echo's usual level, and dB above it that are still its own. */
const USUAL_QUANTILE = 0.7
const MARGIN_DB = 6.5
/** The same, while it is not known when it comes back: then the loudest of 0.5 s is taken for what is played. */
const UNKNOWN_QUANTILE = 0.9
const UNKNOWN_MARGIN_DB = 6
/** Level of an echo of which nothing is known yet, in dB over what is played. */
const FIRST_LEVEL_DB = 0
/** Power of a band below which nothing is played in it. */
const SILENT_POWER = 1e-4
/** How much the floor of noise in a band may rise from frame to frame: 2.7 dB a second. */
const FLOOR_RISE = 1.01
/** Power over the floor from which a band holds more than noise: 6 dB. */
const OVER_FLOOR = 4
/** Gain of a band that holds nothing but echo. */
const LEAST_GAIN = 0.02
/** Part of the bands that must hold more than echo before anything is let through, over about four frames. */
const VOICE_SHARE = 0.25
const SHARE_PART = 1 / 4
/** Gain of a frame that is echo as a whole. */
const ECHO_GAIN = 1e-3

/**
 * Takes the agent's own voice out of what a microphone hears. It knows what is played and when, looks for the delay of
 * the echo and for its level in each band, and turns down what the two explain. What is left of a person who speaks
 * at the same time has holes, but is a voice.
 *
 * It works on powers and not on the waveform: loudspeakers that distort, clocks that drift and players that jump a few
 * milliseconds do not disturb it.
 */
export class EchoGuard implements SpectralFilter {
  readonly #played: PlayedSound
  readonly #bands = new EchoBands()
  readonly #fft = new RealFft(FRAME_SAMPLES)
  readonly #window = hannWindow(FRAME_SAMPLES)
  readonly #samples = new Float64Array(FRAME_SAMPLES)
  readonly #power = new Float64Array(this.#fft.bins)
  readonly #heard = new Float64Array(BANDS)
  readonly #playing = new Float64Array(BANDS)
  readonly #explained = new Float64Array(BANDS)
  readonly #gains = new Float64Array(BANDS)
  /** Power of the noise that is always there. */
  readonly #floor = new Float64Array(BANDS).fill(Infinity)
  /** Powers of the last played frames; frame i is in row i % ROWS. */
  readonly #rows = new Float64Array(ROWS * BANDS)
  readonly #delay = new EchoDelay(DELAYS)
  readonly #level = new EchoLevel(USUAL_QUANTILE)
  readonly #anyLevel = new EchoLevel(UNKNOWN_QUANTILE)
  /** Sample in the middle of the next frame. */
  #position = 0
  #frame = 0
  #lastPlayed = -Infinity
  /** Frames since the agent began to speak. */
  #speaking = 0
  /** Part of the bands that hold more than echo, over the last frames. */
  #share = 0

  constructor(played: PlayedSound) {
    this.#played = played
  }

  /** Whether the agent is heard, or was within the time of its echo. */
  get agentSpeaks(): boolean {
    return this.#frame - this.#lastPlayed <= ROWS
  }

  /** The next frame lies around this sample of the microphone's stream. */
  moveTo(position: number): void {
    this.#position = position
  }

  next(input: Spectrum | undefined, output: Spectrum): boolean {
    if (input === undefined) return false
    this.#readPlayed()
    if (this.agentSpeaks) {
      this.#speaking++
      this.#turnDown(input, output)
    } else {
      this.#speaking = 0
      output.re.set(input.re)
      output.im.set(input.im)
    }
    this.#position += FRAME_HOP
    this.#frame++
    return true
  }

  #readPlayed(): void {
    const samples = this.#samples
    this.#playing.fill(0)
    if (this.#played.read(this.#position + LEAD * FRAME_HOP - FRAME_SAMPLES / 2, samples)) {
      this.#lastPlayed = this.#frame
      for (let n = 0; n < samples.length; n++) samples[n]! *= this.#window[n]!
      this.#fft.powerSpectrum(samples, this.#power)
      this.#bands.sum(this.#power, this.#playing)
    }
    this.#rows.set(this.#playing, (this.#frame % ROWS) * BANDS)
  }

  #turnDown(input: Spectrum, output: Spectrum): void {
    const { re, im } = input
    for (let k = 0; k < re.length; k++) this.#power[k] = re[k]! ** 2 + im[k]! ** 2
    this.#bands.sum(this.#power, this.#heard)
    this.#delay.next(this.#heard, this.#playing)
    this.#explain()
    let unexplained = 0
    for (let band = 0; band < BANDS; band++) {
      const left = 1 - this.#explained[band]! / (this.#heard[band]! + 1e-12)
      this.#gains[band] = left <= 0 ? LEAST_GAIN : Math.max(LEAST_GAIN, Math.sqrt(left))
      const isOverNoise = this.#isOverNoise(band)
      if (left > 0 && isOverNoise) unexplained++
    }
    this.#share += (unexplained / BANDS - this.#share) * SHARE_PART
    if (this.#share < VOICE_SHARE) this.#gains.fill(ECHO_GAIN)
    const gains = this.#bands.spread(this.#gains)
    for (let k = 0; k < re.length; k++) {
      output.re[k] = re[k]! * gains[k]!
      output.im[k] = im[k]! * gains[k]!
    }
  }

  /** Follows the lowest power of a band, and says whether it is well above it now. */
  #isOverNoise(band: number): boolean {
    const heard = this.#heard[band]!
    this.#floor[band] = Math.max(SILENT_POWER / OVER_FLOOR, Math.min(heard, this.#floor[band]! * FLOOR_RISE))
    return heard > OVER_FLOOR * this.#floor[band]
  }

  /** How much power the echo can have in each band. */
  #explain(): void {
    const best = this.#delay.best
    for (let band = 0; band < BANDS; band++) {
      const heard = this.#heard[band]! + 1e-12
      const loudest = this.#loudest(band)
      if (loudest > SILENT_POWER && this.#speaking > DELAYS) this.#anyLevel.learn(band, heard, loudest)
      let played = loudest
      let decibels = (this.#anyLevel.of(band) ?? FIRST_LEVEL_DB - UNKNOWN_MARGIN_DB) + UNKNOWN_MARGIN_DB
      if (best !== undefined) {
        const expected = this.#expected(band, best)
        if (expected > SILENT_POWER) this.#level.learn(band, heard, expected)
        const level = this.#level.of(band)
        if (level !== undefined) {
          played = expected
          decibels = level + MARGIN_DB
        }
      }
      this.#explained[band] = played * 10 ** (decibels / 10)
    }
  }

  /** The loudest that is played in a band, at any of the delays. */
  #loudest(band: number): number {
    let loudest = 0
    for (let delay = 0; delay < DELAYS; delay++) loudest = Math.max(loudest, this.#at(delay, band))
    return loudest
  }

  /** What is played in a band at a delay, a frame to either side, and what dies away of what was played before. */
  #expected(band: number, delay: number): number {
    let most = 0
    for (let back = Math.max(0, delay - 1); back < Math.min(ROWS, delay + TAIL); back++) {
      most = Math.max(most, this.#at(back, band) * DECAY[Math.max(0, back - delay - 1)]!)
    }
    return most
  }

  #at(delay: number, band: number): number {
    return this.#rows[((this.#frame - delay + ROWS) % ROWS) * BANDS + band]!
  }
}
