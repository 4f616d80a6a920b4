import type { PacketKind, TurnId } from './packet.js'
import type { Telemetry, TelemetryEvent, TurnOutcome } from './telemetry.js'
import { microsecondsToMilliseconds, type Microseconds } from './time.js'

/** What one turn felt like, measured from inside. Times in milliseconds from the start of the turn. */
export interface TurnReport {
  readonly turn: TurnId
  readonly outcome: TurnOutcome
  readonly first_audio_ms: number | null
  readonly first_motion_ms: number | null
  readonly first_frame_ms: number | null
  /** Wall time of the whole turn. */
  readonly total_ms: number
  /** Length of the speech. */
  readonly audio_ms: number
  /** How far the ends of sound and picture lie apart; null without frames. */
  readonly av_skew_ms: number | null
  /**
   * Time in which each stage worked over the media that it made: below 1 is faster than real time. What it waited for,
   * such as the player, is left out.
   */
  readonly realtime_factor: Readonly<Record<string, number>>
  readonly dropped_frames: number
}

interface Running {
  readonly startedAt: Microseconds
  readonly first: Map<PacketKind, Microseconds>
  readonly end: Map<PacketKind, Microseconds>
  readonly stages: Map<string, { busy: Microseconds; media: Microseconds }>
  dropped: number
}

/** Follows the telemetry of any number of turns and reports each one when it ends. Holds nothing of ended turns. */
export function meterTurns(report: (report: TurnReport) => void): Telemetry {
  const turns = new Map<TurnId, Running>()
  return (event) => {
    switch (event.type) {
      case 'turn-start':
        turns.set(event.turn, {
          startedAt: event.at,
          first: new Map(),
          end: new Map(),
          stages: new Map(),
          dropped: 0,
        })
        return
      case 'packet-emit':
        recordPacket(turns.get(event.turn), event)
        return
      case 'packet-drop': {
        const turn = turns.get(event.turn)
        if (turn !== undefined && event.kind === 'frame') turn.dropped += 1
        return
      }
      case 'stage-work':
        recordWork(turns.get(event.turn), event)
        return
      case 'turn-end': {
        const turn = turns.get(event.turn)
        turns.delete(event.turn)
        if (turn !== undefined) report(summarise(turn, event))
        return
      }
      case 'model-step':
        return
    }
  }
}

function recordPacket(
  turn: Running | undefined,
  event: Extract<TelemetryEvent, { type: 'packet-emit' }>,
): void {
  if (turn === undefined || event.kind === 'mark') return
  if (!turn.first.has(event.kind)) turn.first.set(event.kind, event.at)
  turn.end.set(event.kind, event.timestamp + event.duration)
}

function recordWork(
  turn: Running | undefined,
  { stage, busy, media }: Extract<TelemetryEvent, { type: 'stage-work' }>,
): void {
  if (turn === undefined) return
  const sum = turn.stages.get(stage)
  if (sum === undefined) turn.stages.set(stage, { busy, media })
  else {
    sum.busy += busy
    sum.media += media
  }
}

function summarise(turn: Running, end: Extract<TelemetryEvent, { type: 'turn-end' }>): TurnReport {
  const since = (at: Microseconds | undefined): number | null =>
    at === undefined ? null : microsecondsToMilliseconds(at - turn.startedAt)
  const audioEnd = turn.end.get('audio')
  const frameEnd = turn.end.get('frame')
  // A stage that makes no media, such as the one that cuts the text, has no real time to compare with.
  const factors = [...turn.stages].flatMap(([name, { busy, media }]) =>
    media > 0 ? [[name, busy / media] as const] : [],
  )
  return {
    turn: end.turn,
    outcome: end.outcome,
    first_audio_ms: since(turn.first.get('audio')),
    first_motion_ms: since(turn.first.get('motion')),
    first_frame_ms: since(turn.first.get('frame')),
    total_ms: microsecondsToMilliseconds(end.at - turn.startedAt),
    audio_ms: microsecondsToMilliseconds(audioEnd ?? 0),
    av_skew_ms:
      audioEnd === undefined || frameEnd === undefined
        ? null
        : microsecondsToMilliseconds(Math.abs(audioEnd - frameEnd)),
    realtime_factor: Object.fromEntries(factors),
    dropped_frames: turn.dropped,
  }
}
