import type { Microseconds } from '../../pipeline/time.js'
import { samplesToMicroseconds } from '../../pipeline/time.js'
import type { HearingEvent } from './events.js'
import { HEARING_SAMPLE_RATE, HOP_SAMPLES } from './rates.js'
import type { ListeningSettings } from './settings.js'
import { SoundMemory } from './sound-memory.js'

/** A step of 32 ms. */
export interface HeardHop {
  /** Of a voice, 0 to 1. */
  readonly probability: number
  /** Its 512 samples; copied. */
  readonly samples: Float32Array
  readonly agentSpeaks: boolean
}

type State =
  | { readonly kind: 'silence' }
  /** Voice that is not yet long enough. */
  | { readonly kind: 'suspicion'; readonly since: number }
  | Speech

interface Speech {
  readonly kind: 'speech'
  readonly since: number
  /** The first hop after the last one with a voice. */
  readonly lastVoice: number
}

/** Tells when somebody begins to speak and when they stop, and keeps what they said. Pure: no clock, no model. */
export class Listener {
  readonly #settings: ListeningSettings
  readonly #startHops: number
  readonly #endHops: number
  readonly #preRollHops: number
  readonly #tailHops: number
  readonly #longestHops: number
  readonly #memory: SoundMemory
  #state: State = { kind: 'silence' }
  /** Hops since the beginning. */
  #hop = 0
  /** Sound before this hop was handed out, or lost. */
  #free = 0
  /** Sample of the microphone's stream at hop 0. */
  #origin = 0

  constructor(settings: ListeningSettings) {
    this.#settings = settings
    this.#startHops = hopsIn(settings.startMs)
    this.#endHops = hopsIn(settings.endMs)
    this.#preRollHops = hopsIn(settings.preRollMs)
    this.#tailHops = Math.min(hopsIn(settings.tailMs), this.#endHops)
    this.#longestHops = hopsIn(settings.longestMs)
    this.#memory = new SoundMemory(this.#longestHops + 1)
  }

  /** Takes the next hop and says what it brings: most bring nothing. */
  next({ probability, samples, agentSpeaks }: HeardHop): readonly HearingEvent[] {
    const { threshold, thresholdWhileSpoken, release } = this.#settings
    this.#memory.put(this.#hop, samples)
    this.#hop++
    const isVoice = probability >= (agentSpeaks ? thresholdWhileSpoken : threshold)
    const isSilence = probability < release
    switch (this.#state.kind) {
      case 'silence':
        if (isVoice) this.#state = { kind: 'suspicion', since: this.#hop - 1 }
        return this.#begin(agentSpeaks)
      case 'suspicion':
        if (isSilence) this.#state = { kind: 'silence' }
        return this.#begin(agentSpeaks)
      case 'speech':
        return this.#goOn(this.#state, isVoice, isSilence)
    }
  }

  /** The stream is over: hands out what is being said. */
  end(): readonly HearingEvent[] {
    return this.#state.kind === 'speech' ? this.#finish(this.#state, false) : []
  }

  /** Forgets everything; the next hop begins at this sample. What is being said is lost: its end is told. */
  moveTo(sample: number): readonly HearingEvent[] {
    const events: HearingEvent[] =
      this.#state.kind === 'speech' ? [{ type: 'speech-end', at: this.#timeOf(this.#state.lastVoice) }] : []
    this.#state = { kind: 'silence' }
    this.#hop = 0
    this.#free = 0
    this.#origin = sample
    return events
  }

  #begin(agentSpeaks: boolean): readonly HearingEvent[] {
    if (this.#state.kind !== 'suspicion') return []
    const { since } = this.#state
    if (this.#hop - since < this.#startHops) return []
    this.#state = { kind: 'speech', since, lastVoice: this.#hop }
    return [{ type: 'speech-start', at: this.#timeOf(since), bargeIn: agentSpeaks }]
  }

  #goOn(state: Speech, isVoice: boolean, isSilence: boolean): readonly HearingEvent[] {
    // Between the two thresholds, voice stays voice and silence stays silence.
    const wentOn = state.lastVoice === this.#hop - 1
    const lastVoice = isVoice || (wentOn && !isSilence) ? this.#hop : state.lastVoice
    const now = { ...state, lastVoice }
    this.#state = now
    if (this.#hop - lastVoice >= this.#endHops) return this.#finish(now, false)
    return this.#hop - this.#firstHop(now) >= this.#longestHops ? this.#cut(now) : []
  }

  /** Who has not stopped speaking goes on at once: a second beginning need not be proved, and interrupts nobody. */
  #cut(state: Speech): readonly HearingEvent[] {
    const events = this.#finish(state, true)
    if (state.lastVoice < this.#hop) return events
    this.#state = { kind: 'speech', since: this.#hop, lastVoice: this.#hop }
    return [...events, { type: 'speech-start', at: this.#timeOf(this.#hop), bargeIn: false }]
  }

  #firstHop({ since }: { readonly since: number }): number {
    return Math.max(this.#free, since - this.#preRollHops)
  }

  #finish(state: Speech, cut: boolean): readonly HearingEvent[] {
    const from = this.#firstHop(state)
    const to = Math.min(this.#hop, state.lastVoice + this.#tailHops)
    this.#state = { kind: 'silence' }
    this.#free = to
    return [
      { type: 'speech-end', at: this.#timeOf(state.lastVoice) },
      {
        type: 'utterance',
        at: this.#timeOf(from),
        samples: this.#memory.copy(from, to),
        sampleRate: HEARING_SAMPLE_RATE,
        cut,
      },
    ]
  }

  #timeOf(hop: number): Microseconds {
    return samplesToMicroseconds(this.#origin + hop * HOP_SAMPLES, HEARING_SAMPLE_RATE)
  }
}

function hopsIn(milliseconds: number): number {
  return Math.ceil((milliseconds * HEARING_SAMPLE_RATE) / 1000 / HOP_SAMPLES)
}
