import type { ErrorCode } from '../errors.js'
import type { PacketKind, TurnId } from './packet.js'
import type { Microseconds } from './time.js'

/**
 * What the pipeline reports about itself. One callback receives the union; the metrics endpoint, the bench and the
 * tests read the same events. `at` is the clock's monotonic time, all other times are media time.
 */
export type TelemetryEvent =
  | { readonly type: 'turn-start'; readonly turn: TurnId; readonly at: Microseconds }
  | {
      readonly type: 'turn-end'
      readonly turn: TurnId
      readonly at: Microseconds
      readonly outcome: TurnOutcome
      readonly code?: ErrorCode
    }
  | {
      readonly type: 'packet-emit'
      readonly turn: TurnId
      readonly at: Microseconds
      readonly stage: string
      readonly kind: PacketKind
      readonly timestamp: Microseconds
      readonly duration: Microseconds
    }
  | {
      readonly type: 'packet-drop'
      readonly turn: TurnId
      readonly at: Microseconds
      readonly stage: string
      readonly kind: PacketKind
      readonly timestamp: Microseconds
    }
  | {
      readonly type: 'stage-work'
      readonly turn: TurnId
      readonly at: Microseconds
      readonly stage: string
      /** Wall time in which the stage worked; what it waited for is left out. */
      readonly busy: Microseconds
      /** Media that it made in that time. */
      readonly media: Microseconds
    }
  | {
      readonly type: 'model-step'
      readonly at: Microseconds
      readonly model: string
      /** Time inside the worker's step, in microseconds of wall time. */
      readonly busy: Microseconds
    }

export type TurnOutcome = 'completed' | 'cancelled' | 'failed'

/** Receives telemetry. Must be fast and must not throw. */
export type Telemetry = (event: TelemetryEvent) => void

export const noTelemetry: Telemetry = () => {
  // Nobody listens.
}

/** Hands every event to each of several listeners. */
export function combineTelemetry(...listeners: readonly Telemetry[]): Telemetry {
  return (event) => {
    for (const listener of listeners) listener(event)
  }
}
