import { setTimeout as sleep } from 'node:timers/promises'
import { from, map, mergeMap, of, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { collectGarbage } from '../../test/collect-garbage.js'
import { CancelledError, InferenceError } from '../errors.js'
import { collect, fakeExpression, fakeLog, fakeSpeech, fakeText, fakeVideo } from '../testing/index.js'
import { speakingLine, type SpeakingStages } from './line.js'
import type { AudioPacket, FramePacket, GapPacket, MotionPacket, Packet, TextPacket } from './packet.js'
import { endOf, isKind } from './packet.js'
import { runTurn } from './run.js'
import { defineStage, type Stage } from './stage.js'
import type { TelemetryEvent } from './telemetry.js'
import { Turn } from './turn.js'

const wholeText: Stage<TextPacket, TextPacket> = {
  name: 'segment',
  lookahead: 0,
  open: () => (source) => source,
}

type Replaced = Partial<Omit<SpeakingStages, 'video'>> & {
  video?: Stage<MotionPacket, FramePacket | GapPacket>
}

function line({ video = fakeVideo(), ...stages }: Replaced = {}): Stage<TextPacket, Packet> {
  return speakingLine({
    segment: wholeText,
    speech: fakeSpeech(),
    expression: fakeExpression(),
    video: { from: 'motion', stage: video },
    ...stages,
  })
}

function speak(seconds: number, turn: Turn, through = line()): Observable<Packet> {
  return of(fakeText(seconds, turn.id)).pipe(through.open(turn))
}

describe('a turn', () => {
  it('holds its source to the window of a slow sink, in media time, over ten minutes', async () => {
    const span = 2_000_000
    const packet = 100_000
    const turn = new Turn({ id: 'slow', windowSpan: span })
    const log = fakeLog()
    let furthest = 0
    let played = 0
    const sink = collect(['audio', 'frame'], async (written) => {
      if (written.kind === 'frame') {
        furthest = Math.max(furthest, log.position - played)
        if (written.index % 100 === 0) await sleep(1)
        played = endOf(written)
      }
    })
    await runTurn(speak(600, turn, line({ speech: fakeSpeech({ log }) })), [sink], turn)
    expect(log.made).toBe(6000)
    expect(sink.packets.filter(({ kind }) => kind === 'frame')).toHaveLength(18_000)
    expect(furthest).toBeLessThanOrEqual(span + packet)
    expect(furthest).toBeGreaterThan(span / 2)
  })

  it('goes on past pictures that nobody wanted, which hold the place of those that were not made', async () => {
    const someWanted = defineStage<MotionPacket, FramePacket | GapPacket, null>({
      name: 'video',
      state: () => null,
      *process({ turn, timestamp, duration, index }) {
        const place = { turn, timestamp, duration }
        if (index < 60 || index >= 200) yield { kind: 'gap', of: 'frame', ...place }
        else yield { kind: 'frame', ...place, index, data: new Uint8Array(0), width: 0, height: 0 }
      },
    })
    const turn = new Turn({ id: 'partly-seen', windowSpan: 500_000 })
    const sink = collect(['audio', 'motion', 'frame'])
    await runTurn(speak(10, turn, line({ video: someWanted })), [sink], turn)
    const kinds = new Set(sink.packets.map(({ kind }) => kind))
    expect(kinds).toEqual(new Set(['audio', 'motion', 'frame']))
    const frames = sink.packets.filter(isKind('frame'))
    expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 140 }, (_, i) => i + 60))
  })

  it('leaks no credit when a branch drops most of its packets', async () => {
    const lossy = defineStage<MotionPacket, FramePacket, null>({
      name: 'lossy',
      state: () => null,
      *process({ turn, timestamp, duration, index }) {
        if (index % 10 === 9) {
          yield {
            kind: 'frame',
            turn,
            timestamp,
            duration,
            index,
            data: new Uint8Array(0),
            width: 0,
            height: 0,
          }
        }
      },
    })
    const turn = new Turn({ id: 'lossy', windowSpan: 1_000_000 })
    const sink = collect(['audio', 'frame'])
    await runTurn(speak(120, turn, line({ video: lossy })), [sink], turn)
    expect(sink.packets.filter(({ kind }) => kind === 'audio')).toHaveLength(1200)
    expect(sink.packets.filter(({ kind }) => kind === 'frame')).toHaveLength(360)
    expect(turn.window.waiting).toBe(0)
  })

  it('runs its source once under a fork, even when that source is synchronous', async () => {
    let runs = 0
    const synchronous: Stage<TextPacket, AudioPacket> = {
      name: 'synchronous',
      lookahead: 0,
      open: (turn) => (source) =>
        source.pipe(
          mergeMap(() => {
            runs += 1
            return from([0, 1, 2]).pipe(
              map((index): AudioPacket => ({
                kind: 'audio',
                turn: turn.id,
                timestamp: index * 100_000,
                duration: 100_000,
                samples: new Float32Array(1600),
                sampleRate: 16_000,
              })),
            )
          }, 1),
        ),
    }
    const turn = new Turn({ id: 'once' })
    const sink = collect(['audio', 'motion', 'frame'])
    await runTurn(speak(1, turn, line({ speech: synchronous })), [sink], turn)
    expect(runs).toBe(1)
    const count = (kind: string): number => sink.packets.filter((packet) => packet.kind === kind).length
    expect([count('audio'), count('motion'), count('frame')]).toEqual([3, 9, 9])
  })

  it('stops every stage within one step when it is cancelled, and leaves nothing running', async () => {
    const speechLog = fakeLog()
    const expressionLog = fakeLog()
    const videoLog = fakeLog()
    const turn = new Turn({ id: 'cancelled' })
    let stepsAfter = 0
    const count = (): void => {
      if (turn.signal.aborted) stepsAfter += 1
    }
    const stages = {
      speech: fakeSpeech({
        log: speechLog,
        beforeOutput: async () => {
          await sleep(1)
          count()
        },
      }),
      expression: fakeExpression({
        log: expressionLog,
        beforeOutput: async () => {
          await sleep(1)
          count()
        },
      }),
      video: fakeVideo({
        log: videoLog,
        beforeOutput: async () => {
          await sleep(1)
          count()
        },
      }),
    }
    const sink = collect(['audio', 'frame'], (packet) => {
      if (packet.kind === 'frame' && packet.index === 20) turn.cancel()
    })
    await expect(runTurn(speak(60, turn, line(stages)), [sink], turn)).rejects.toBeInstanceOf(CancelledError)
    expect(stepsAfter).toBeLessThanOrEqual(3)
    expect([speechLog.open, expressionLog.open, videoLog.open]).toEqual([0, 0, 0])
    expect(turn.running).toBe(0)
    expect(turn.window.waiting).toBe(0)
    expect(sink.outcome).toBe('aborted')
    const made = videoLog.made
    await sleep(10)
    expect(videoLog.made).toBe(made)
  })

  it('follows an outer signal, also one that has aborted before', async () => {
    const outer = new AbortController()
    const turn = new Turn({ id: 'outer', signal: outer.signal })
    const sink = collect(['frame'], () => {
      outer.abort()
    })
    await expect(runTurn(speak(5, turn), [sink], turn)).rejects.toBeInstanceOf(CancelledError)
    const late = new Turn({ id: 'late', signal: outer.signal })
    const unused = collect(['frame'])
    await expect(runTurn(speak(5, late), [unused], late)).rejects.toBeInstanceOf(CancelledError)
    expect(unused.packets).toEqual([])
  })

  it('fails with the first error of a stage or a sink, aborts its sinks, and reports the outcome', async () => {
    const events: TelemetryEvent[] = []
    const failing = new Turn({ id: 'failing', telemetry: (event) => events.push(event) })
    const broken = fakeVideo({
      beforeOutput: (index) => {
        if (index === 3) throw new InferenceError('no luck')
      },
    })
    const sink = collect(['audio', 'frame'])
    await expect(runTurn(speak(60, failing, line({ video: broken })), [sink], failing)).rejects.toThrow(
      'no luck',
    )
    expect(sink.outcome).toBe('aborted')
    expect(events.at(-1)).toMatchObject({ type: 'turn-end', outcome: 'failed', code: 'inference' })

    const full = new Turn({ id: 'full' })
    const disk = collect(['frame'], () => {
      throw new Error('disk full')
    })
    await expect(runTurn(speak(60, full), [disk, sink], full)).rejects.toThrow('disk full')
    expect(disk.outcome).toBe('aborted')
    expect(full.running).toBe(0)
  })

  it('grows no memory over 10,000 turns', async () => {
    const through = line()
    const run = async (index: number): Promise<void> => {
      const turn = new Turn({ id: `turn-${index}` })
      await runTurn(speak(0.2, turn, through), [collect(['audio', 'frame'])], turn)
    }
    const heapAfter = async (turns: number): Promise<number> => {
      for (let index = 0; index < turns; index += 1) await run(index)
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const warm = await heapAfter(1_000)
    const grown = (await heapAfter(10_000)) - warm
    expect(grown).toBeLessThan(2_000_000)
  })
})
