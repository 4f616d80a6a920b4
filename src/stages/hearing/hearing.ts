import type { Observable } from 'rxjs'
import type { Microseconds } from '../../pipeline/time.js'
import type { HearingEvent } from './events.js'
import type { HearingEngine } from './model.js'
import { MicrophoneSession } from './session.js'
import { DEFAULT_LISTENING, type ListeningSettings } from './settings.js'

export type { HearingEvent } from './events.js'

/** Listens to microphones. */
export interface Hearing {
  /** For people to read. */
  readonly name: string
  /** Loads the ears, so that the first microphone is heard from its first sample on. */
  load(): Promise<void>
  /** Opens a microphone. The signal closes it. */
  open(signal: AbortSignal): HearingSession
}

/**
 * One microphone. Its time is that of its own sound: 0 at the first sample that was pushed, counted from samples.
 *
 * What waits for the worker is bounded: when more than 2 s do, all of it is dropped, an `overrun` is told, and listening
 * goes on with what comes next.
 */
export interface HearingSession {
  /**
   * What is heard: hot, nothing is replayed. Completes when the session has ended; fails with what the worker threw
   * (ModelLoadError, OverloadError, InferenceError …).
   */
  readonly events$: Observable<HearingEvent>
  /** Time of the next sample that is pushed. */
  readonly position: Microseconds
  /** How much of what was pushed still waits to be heard. */
  readonly waiting: Microseconds
  /**
   * Hears the next sound. Chunks of any length up to 2 s; copied.
   *
   * @param samples mono in [-1, 1]
   * @param sampleRate Hz: a multiple of 25 from 8,000 to 192,000, the same each time
   * @throws InputError for another
   */
  push(samples: Float32Array, sampleRate: number): void
  /**
   * Announces what the agent says, so that it does not interrupt itself. Announce it before the microphone has come to
   * that time, up to 4 s ahead; sound that is announced later than it is played is not recognised. Where announcements
   * overlap, the later call holds. `at` may be up to 96 ms too late, or 400 ms too early, the way through the room
   * included.
   *
   * @param samples mono in [-1, 1], at most 2 s; copied
   * @param sampleRate as in {@link push}, but not the same
   * @param at when its first sample is played, in the microphone's time
   * @throws InputError when that is too far ahead
   */
  playing(samples: Float32Array, sampleRate: number, at: Microseconds): void
  /** The agent was interrupted: what was announced for `at` and later is not played. */
  quiet(at: Microseconds): void
  /** The microphone was turned off: hears out what was pushed, hands out what is being said, and ends. */
  end(): Promise<void>
  /** Ends at once. Resolves when the worker's last step has really ended. */
  close(): Promise<void>
}

/**
 * @param engine loads the ears, when the first microphone is opened at the latest
 * @param settings how voice is told from silence; what is left out is as in {@link DEFAULT_LISTENING}
 */
export function createHearing(
  engine: () => Promise<HearingEngine>,
  settings: Partial<ListeningSettings> = {},
): Hearing {
  const whole = { ...DEFAULT_LISTENING, ...settings }
  return {
    name: 'silero',
    load: async () => {
      await engine()
    },
    open: (signal) =>
      new MicrophoneSession(async (ending) => (await engine()).open(whole, { signal: ending }), signal),
  }
}
