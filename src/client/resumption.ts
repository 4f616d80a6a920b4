import { BETWEEN_TURNS, HEADER_BYTES } from './protocol.js'

/** What it takes to go on with a session over another connection: plain data, which may be stored. */
export interface Resumption {
  readonly session: string
  /** Known to the session's owner alone. */
  readonly token: string
  /**
   * Messages that were received, all connections together: events and packets, but no `session-start` and no packets of
   * turn 0.
   */
  readonly received: number
  /** The turn that was live then; left out where there was none. */
  readonly turn?: number
  /** Number of the next utterance that is sent as speech; left out before the first. */
  readonly utterance?: number
}

/** Where a packet has the number of its turn. */
const TURN_AT = 4

/** Whether a message counts as received: packets of the time between turns are of use at their moment only. */
export function isCounted(data: unknown): boolean {
  if (!(data instanceof ArrayBuffer) || data.byteLength < HEADER_BYTES) return true
  return new DataView(data).getUint32(TURN_AT, true) !== BETWEEN_TURNS
}

/** Milliseconds between two tries to come back: quick at first, as most breaks are short. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 2_000

/** The pause after so many tries, counted from 0. */
export function pauseAfter(tries: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries)
}

/** The address at which the session is gone on with. */
export function resumptionUrl(url: string, { session, token, received }: Resumption): string {
  const [place = '', query] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('session', session)
  parameters.set('token', token)
  parameters.set('received', String(received))
  return `${place}?${parameters.toString()}`
}

/** Closes by the server that say that the session is over: done, stopped, failed, full, or refused by phiz (4000 on). */
const FINAL: ReadonlySet<number> = new Set([1000, 1001, 1008, 1011, 1013])

/** Whether a close is the end of the session, and not of the connection alone. */
export function isFinal(code: number): boolean {
  return FINAL.has(code) || code >= 4000
}
