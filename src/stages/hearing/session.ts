import { Subject, type Observable } from 'rxjs'
import { CancelledError, InputError } from '../../errors.js'
import { MICROSECONDS_PER_SECOND, samplesToMicroseconds, type Microseconds } from '../../pipeline/time.js'
import type { EngineSession } from '../../runtime/engine.js'
import { Backlog } from './backlog.js'
import type { HearingEvent } from './events.js'
import type { HearingSession } from './hearing.js'
import { checkSound, soundCopy } from './incoming-sound.js'
import { LONGEST_ANNOUNCEMENT_SECONDS } from './played-sound.js'
import type { HearingInput } from './program.js'

type WorkerSession = EngineSession<HearingInput, readonly HearingEvent[]>

/** Samples of a step's sound: a tenth of a second at most, so that microphones take turns. */
const STEPS_PER_SECOND = 10

/** One microphone seen from here: a backlog, and a loop that hands it to the worker piece by piece. */
export class MicrophoneSession implements HearingSession {
  readonly #events = new Subject<HearingEvent>()
  readonly #backlog = new Backlog()
  readonly #ending = new AbortController()
  readonly #signal: AbortSignal
  readonly #done: Promise<void>
  #sampleRate: number | undefined
  #pushed = 0
  #state: 'open' | 'ending' | 'ended' = 'open'
  #wake: () => void = ignore

  /** @param open opens the session in the worker, with the signal that ends it */
  constructor(open: (signal: AbortSignal) => Promise<WorkerSession>, signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#ending.signal])
    this.#signal.addEventListener(
      'abort',
      () => {
        this.#wake()
      },
      { once: true },
    )
    this.#done = this.#run(open)
  }

  get events$(): Observable<HearingEvent> {
    return this.#events.asObservable()
  }

  get position(): Microseconds {
    return this.#sampleRate === undefined ? 0 : samplesToMicroseconds(this.#pushed, this.#sampleRate)
  }

  get waiting(): Microseconds {
    return this.#backlog.microphone
  }

  push(samples: Float32Array, sampleRate: number): void {
    checkSound(samples, sampleRate)
    this.#sampleRate ??= sampleRate
    if (sampleRate !== this.#sampleRate) {
      throw new InputError(
        `sampleRate is ${sampleRate}; this microphone has ${this.#sampleRate}. Open another session for another rate.`,
      )
    }
    if (this.#state !== 'open') return
    const most = Math.ceil(sampleRate / STEPS_PER_SECOND)
    for (let at = 0; at < samples.length; at += most) {
      const piece = soundCopy(samples.subarray(at, at + most))
      this.#pushed += piece.length
      const duration = samplesToMicroseconds(piece.length, sampleRate)
      this.#put({ kind: 'microphone', samples: piece, sampleRate }, duration)
    }
  }

  playing(samples: Float32Array, sampleRate: number, at: Microseconds): void {
    checkSound(samples, sampleRate)
    const duration = samplesToMicroseconds(samples.length, sampleRate)
    const ahead = (at + duration - this.position) / MICROSECONDS_PER_SECOND
    if (!(ahead <= LONGEST_ANNOUNCEMENT_SECONDS)) {
      throw new InputError(
        `at is ${at}, and the sound ends ${ahead.toFixed(1)} s after the microphone's position of ${this.position}; ` +
          `at most ${LONGEST_ANNOUNCEMENT_SECONDS} s are kept.`,
      )
    }
    if (this.#state !== 'open') return
    this.#put({ kind: 'playing', samples: soundCopy(samples), sampleRate, at }, duration)
  }

  quiet(at: Microseconds): void {
    if (this.#state === 'open') this.#put({ kind: 'quiet', at })
  }

  end(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'ending'
      this.#put({ kind: 'end' })
    }
    return this.#done
  }

  close(): Promise<void> {
    this.#ending.abort(new CancelledError('The microphone is closed.'))
    return this.#done
  }

  #put(input: HearingInput, duration: Microseconds = 0): void {
    this.#backlog.put(input, duration)
    if (this.#backlog.isTooLong) {
      const lost = this.#backlog.microphone
      this.#backlog.clear()
      this.#backlog.put({ kind: 'skip', at: this.position })
      this.#events.next({ type: 'overrun', at: this.position - lost, duration: lost })
    }
    this.#wake()
  }

  async #run(open: (signal: AbortSignal) => Promise<WorkerSession>): Promise<void> {
    try {
      const session = await open(this.#signal)
      try {
        await this.#listen(session)
      } finally {
        await session.close()
      }
      this.#finish()
    } catch (error) {
      this.#finish(error)
    }
  }

  /** Hands over what waits until the end has been handed over. */
  async #listen(session: WorkerSession): Promise<void> {
    for (let ended = false; !ended;) {
      const input = await this.#next()
      const moved = 'samples' in input ? [input.samples.buffer] : []
      for await (const events of session.process(input, moved)) {
        for (const event of events) this.#events.next(event)
      }
      ended = input.kind === 'end'
    }
  }

  async #next(): Promise<HearingInput> {
    for (;;) {
      this.#signal.throwIfAborted()
      const input = this.#backlog.take()
      if (input !== undefined) return input
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Being closed is no failure. */
  #finish(error?: unknown): void {
    this.#state = 'ended'
    this.#backlog.clear()
    if (error === undefined || this.#signal.aborted) this.#events.complete()
    else this.#events.error(error)
  }
}

function ignore(): void {
  // Nobody waits.
}
