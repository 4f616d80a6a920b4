import { setImmediate as nextTick } from 'node:timers/promises'
import { of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { collect, fakeExpression, fakeSpeech, fakeText, fakeVideo, ManualClock } from '../testing/index.js'
import { speakingLine } from './line.js'
import { meterTurns, type TurnReport } from './meter.js'
import { runTurn } from './run.js'
import type { Sink } from './sink.js'
import { combineTelemetry, noTelemetry } from './telemetry.js'
import { Turn } from './turn.js'

describe('meterTurns', () => {
  it('reports what a turn felt like, from its own telemetry', async () => {
    const clock = new ManualClock()
    const reports: TurnReport[] = []
    const telemetry = combineTelemetry(
      noTelemetry,
      meterTurns((report) => reports.push(report)),
    )
    const turn = new Turn({ id: 'measured', clock, telemetry })
    const line = speakingLine({
      segment: { name: 'segment', lookahead: 0, open: () => (source) => source },
      speech: fakeSpeech({
        beforeOutput: () => {
          clock.advance(7_000)
        },
      }),
      expression: fakeExpression(),
      video: {
        from: 'motion',
        stage: fakeVideo({
          beforeOutput: () => {
            clock.advance(1_000)
          },
        }),
      },
    })
    await runTurn(of(fakeText(1, turn.id)).pipe(line.open(turn)), [collect(['audio', 'frame'])], turn)
    const [report] = reports
    expect(report).toMatchObject({
      turn: 'measured',
      outcome: 'completed',
      first_audio_ms: 7,
      audio_ms: 1000,
      av_skew_ms: 0,
      dropped_frames: 0,
    })
    expect(report?.first_frame_ms).toBeGreaterThanOrEqual(8)
    expect(report?.total_ms).toBe(7 * 10 + 30)
  })

  it('sets the time in which a stage worked against what it made, and leaves out what it waited for', async () => {
    const clock = new ManualClock()
    const reports: TurnReport[] = []
    const telemetry = meterTurns((report) => reports.push(report))
    // Each packet of 100 ms waits until the one before has been played.
    const turn = new Turn({ id: 'paced', clock, telemetry, windowSpan: 50_000 })
    const line = speakingLine({
      segment: { name: 'segment', lookahead: 0, open: () => (source) => source },
      speech: fakeSpeech({
        beforeOutput: () => {
          clock.advance(7_000)
        },
      }),
    })
    const player: Sink = {
      name: 'player',
      kinds: ['audio'],
      write: async () => {
        await nextTick()
        clock.advance(100_000)
      },
    }
    await runTurn(of(fakeText(1, turn.id)).pipe(line.open(turn)), [player], turn)
    expect(reports[0]).toMatchObject({ total_ms: 10 * 107, realtime_factor: { speech: 0.07 } })
  })

  it('counts dropped frames, ignores what belongs to no turn, and leaves gaps where nothing came', () => {
    const reports: TurnReport[] = []
    const meter = meterTurns((report) => reports.push(report))
    const frame = { turn: 'a', at: 5, stage: 'video', kind: 'frame', timestamp: 0 } as const
    meter({ ...frame, type: 'packet-drop' })
    meter({ type: 'turn-start', turn: 'a', at: 0 })
    meter({ ...frame, type: 'packet-drop' })
    meter({ ...frame, type: 'packet-emit', kind: 'mark', duration: 0 })
    meter({ type: 'model-step', at: 1, model: 'visemes', busy: 3 })
    meter({ type: 'turn-end', turn: 'a', at: 9_000, outcome: 'cancelled' })
    meter({ type: 'turn-end', turn: 'a', at: 9_000, outcome: 'cancelled' })
    expect(reports).toEqual([
      {
        turn: 'a',
        outcome: 'cancelled',
        first_audio_ms: null,
        first_motion_ms: null,
        first_frame_ms: null,
        total_ms: 9,
        audio_ms: 0,
        av_skew_ms: null,
        realtime_factor: {},
        dropped_frames: 1,
      },
    ])
  })
})
