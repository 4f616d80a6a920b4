import type { Device } from './device.js'
import type { WireError } from './wire-error.js'

/** What travels between an engine and its worker: one reply for every request, in the order of the requests. */

export type RequestBody =
  | { op: 'load'; program: string; folder: string; device: Device; config: unknown }
  | { op: 'open'; session: number; init: unknown }
  /** Calls the program and makes the first item. */
  | { op: 'start'; session: number; method: 'process' | 'flush'; input?: unknown }
  /** Makes one more item. */
  | { op: 'next'; session: number }
  /** Ends the program's iterator early. */
  | { op: 'return'; session: number }
  /** Cancels the running step as soon as it is seen; answered when the session is freed. */
  | { op: 'close'; session: number }
  | { op: 'dispose' }

export type Request = RequestBody & { readonly id: number }

export interface Reply {
  /** The request's number; 0 says that the worker listens. */
  readonly id: number
  /** Whether the iterator has ended; true for requests that make no item. */
  readonly done: boolean
  readonly value?: unknown
  /** Whether this item is known to be the only one, so that nobody needs to ask for the next. */
  readonly last?: boolean
  readonly error?: WireError
  /** Time inside the program. */
  readonly durationMs: number
}
