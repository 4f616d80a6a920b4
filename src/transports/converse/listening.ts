import type { ServerEvent, WireAudio } from '../../client/protocol.js'
import { PhizError } from '../../errors.js'
import { MICROSECONDS_PER_SECOND, systemClock, type Microseconds } from '../../pipeline/time.js'
import type { Hearing, HearingEvent, HearingSession } from '../../stages/hearing/hearing.js'
import { checkSound } from '../../stages/hearing/incoming-sound.js'
import type { Transcriber } from '../../stages/hearing/transcribe.js'
import { errorBody } from '../errors.js'
import { Loudspeaker } from './listening-loudspeaker.js'
import { Transcription } from './listening-transcription.js'
import type { Playback } from './playback.js'

export interface ListeningOptions {
  readonly hearing: Hearing
  /** Who writes down what is said; without, the client does. */
  readonly transcriber: Transcriber | undefined
  readonly playback: Playback
  readonly send: (event: ServerEvent) => void
  /** Silences the agent. */
  readonly interrupt: () => void
  /** Answers what was said. */
  readonly ask: (text: string) => Promise<void>
  readonly onUnexpectedError: (error: unknown) => void
}

interface Microphone {
  readonly session: HearingSession
  readonly sampleRate: number
  readonly loudspeaker: Loudspeaker
  /** Time of its first sample, as the client counts. */
  readonly origin: Microseconds
  readonly unwatch: () => void
}

/** How long ears that failed are left alone. */
const REST: Microseconds = 10 * MICROSECONDS_PER_SECOND

/**
 * One session's ear. Its microphone is on from the first sound that comes until a packet without samples, or the
 * session's end.
 */
export class Listening {
  readonly #options: ListeningOptions
  readonly #transcription: Transcription | undefined
  readonly #ending = new AbortController()
  readonly #open = new Set<Promise<void>>()
  #microphone: Microphone | undefined
  #deafUntil: Microseconds = -Infinity

  constructor(options: ListeningOptions) {
    this.#options = options
    const { transcriber } = options
    this.#transcription =
      transcriber &&
      new Transcription({
        transcriber,
        onWords: (words) => {
          this.#answer(words)
        },
        onError: (error) => {
          this.#fail(error)
        },
      })
  }

  /**
   * Hears what a microphone sends; a packet without samples turns it off.
   * @throws InputError for a rate that no microphone has, or more than 2 s at once
   */
  hear({ samples, sampleRate, timestamp }: WireAudio): void {
    if (samples.length === 0) {
      this.#turnOff()
      return
    }
    checkSound(samples, sampleRate)
    if (this.#ending.signal.aborted || systemClock.now() < this.#deafUntil) return
    if (this.#microphone?.sampleRate !== sampleRate) this.#turnOff()
    const microphone = (this.#microphone ??= this.#turnOn(sampleRate, timestamp))
    microphone.session.push(samples, sampleRate)
    microphone.loudspeaker.heard()
  }

  /** The user has turned to something else: what they said before is not answered any more. */
  forget(): void {
    this.#transcription?.forget()
  }

  /** Resolves when all work has really ended. */
  async close(): Promise<void> {
    this.#microphone?.unwatch()
    this.#microphone = undefined
    this.#ending.abort()
    await Promise.all([this.#transcription?.close(), ...this.#open])
  }

  #turnOn(sampleRate: number, origin: Microseconds): Microphone {
    const session = this.#options.hearing.open(this.#ending.signal)
    const loudspeaker = new Loudspeaker(session)
    const unwatch = this.#options.playback.watch(loudspeaker)
    const microphone = { session, sampleRate, loudspeaker, origin, unwatch }
    const ended = new Promise<void>((resolve) => {
      session.events$.subscribe({
        next: (event) => {
          this.#take(event, origin)
        },
        error: (error: unknown) => {
          if (this.#microphone === microphone) this.#turnOff()
          this.#deafUntil = systemClock.now() + REST
          this.#fail(error)
          resolve()
        },
        complete: resolve,
      })
    }).finally(() => this.#open.delete(ended))
    this.#open.add(ended)
    return microphone
  }

  #turnOff(): void {
    const microphone = this.#microphone
    this.#microphone = undefined
    microphone?.unwatch()
    void microphone?.session.end()
  }

  #take(event: HearingEvent, origin: Microseconds): void {
    const { send, interrupt } = this.#options
    // What the worker had under way when the session ended.
    if (this.#ending.signal.aborted) return
    const timestamp = origin + event.at
    switch (event.type) {
      case 'speech-start':
        this.#transcription?.voiceStarts()
        send({ type: 'voice-start', timestamp, bargeIn: event.bargeIn })
        interrupt()
        return
      case 'speech-end':
        send({ type: 'voice-end', timestamp })
        return
      case 'utterance':
        this.#transcription?.take(event)
        return
      case 'overrun':
        send({
          type: 'error',
          code: 'overload',
          message:
            `${(event.duration / MICROSECONDS_PER_SECOND).toFixed(1)} s of the microphone's sound were not ` +
            'listened to; send it as it is heard.',
        })
        this.#transcription?.retry()
        return
    }
  }

  #answer(words: string): void {
    const { send, ask } = this.#options
    send({ type: 'transcript', text: words })
    ask(words).catch((error: unknown) => {
      this.#fail(error)
    })
  }

  #fail(error: unknown): void {
    if (!PhizError.isInstance(error)) this.#options.onUnexpectedError(error)
    const { code, message } = errorBody(error)
    this.#options.send({ type: 'error', code, message })
  }
}
