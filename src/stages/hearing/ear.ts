import { Resampler } from '../../dsp/resample.js'
import { SpectralStream } from '../../dsp/spectral-stream.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../pipeline/time.js'
import { FRAME_HOP, FRAME_SAMPLES } from './echo-bands.js'
import { EchoGuard } from './echo-guard.js'
import type { HearingEvent } from './events.js'
import { Listener } from './listener.js'
import { PlayedSound } from './played-sound.js'
import { HEARING_SAMPLE_RATE, HOP_SAMPLES } from './rates.js'
import type { ListeningSettings } from './settings.js'
import type { VoiceActivity } from './voice-activity.js'

/** One microphone: resampling, the echo guard, the voice model and the listener, one behind the other. */
export class Ear {
  readonly #voice: VoiceActivity
  readonly #listener: Listener
  readonly #played = new PlayedSound()
  readonly #guard = new EchoGuard(this.#played)
  #resampler = new Resampler(HEARING_SAMPLE_RATE, HEARING_SAMPLE_RATE)
  #spectra = new SpectralStream(FRAME_SAMPLES, FRAME_HOP, this.#guard)
  readonly #hop = new Float32Array(HOP_SAMPLES)
  #filled = 0
  /** 16 kHz samples since the beginning. */
  #position = 0

  constructor(voice: VoiceActivity, settings: ListeningSettings) {
    this.#voice = voice
    this.#listener = new Listener(settings)
  }

  /**
   * Listens to the next samples.
   *
   * @param samples mono in [-1, 1]; another rate than before begins a new stream at the same position
   */
  async listen(samples: Float32Array, sampleRate: number): Promise<HearingEvent[]> {
    const events: HearingEvent[] = []
    if (sampleRate !== this.#resampler.from) events.push(...this.#startAt(this.#position, sampleRate))
    await this.#through(this.#resampler.process(samples), events)
    return events
  }

  /** Goes on at a later time: what lies between was not heard. */
  skipTo(at: Microseconds): readonly HearingEvent[] {
    const position = Math.round((at * HEARING_SAMPLE_RATE) / MICROSECONDS_PER_SECOND)
    return this.#startAt(position, this.#resampler.from)
  }

  /** See {@link PlayedSound.announce}. */
  announce(samples: Float32Array, sampleRate: number, at: Microseconds): void {
    this.#played.announce(samples, sampleRate, at)
  }

  /** See {@link PlayedSound.quiet}. */
  quiet(at: Microseconds): void {
    this.#played.quiet(at)
  }

  /** The end of the stream: listens to what is left, and hands out what is being said. */
  async end(): Promise<HearingEvent[]> {
    const events: HearingEvent[] = []
    await this.#through(this.#resampler.flush(), events)
    await this.#judge(this.#spectra.flush(), events)
    events.push(...this.#listener.end())
    return events
  }

  #startAt(position: number, sampleRate: number): readonly HearingEvent[] {
    this.#resampler = new Resampler(sampleRate, HEARING_SAMPLE_RATE)
    this.#spectra = new SpectralStream(FRAME_SAMPLES, FRAME_HOP, this.#guard)
    this.#guard.moveTo(position)
    this.#voice.reset()
    this.#filled = 0
    this.#position = position
    return this.#listener.moveTo(position)
  }

  /** A frame at a time, so that what is played is read when it is due. */
  async #through(samples: Float32Array, events: HearingEvent[]): Promise<void> {
    for (let at = 0; at < samples.length; at += FRAME_HOP) {
      const part = samples.subarray(at, at + FRAME_HOP)
      this.#position += part.length
      this.#played.advance(this.#position)
      await this.#judge(this.#spectra.process(part), events)
    }
  }

  async #judge(samples: Float32Array, events: HearingEvent[]): Promise<void> {
    for (let at = 0; at < samples.length;) {
      const count = Math.min(HOP_SAMPLES - this.#filled, samples.length - at)
      this.#hop.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      if (this.#filled < HOP_SAMPLES) return
      this.#filled = 0
      const probability = await this.#voice.probability(this.#hop)
      const { agentSpeaks } = this.#guard
      events.push(...this.#listener.next({ probability, samples: this.#hop, agentSpeaks }))
    }
  }
}
