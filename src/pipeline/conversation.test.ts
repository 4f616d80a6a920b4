import { setTimeout as sleep } from 'node:timers/promises'
import { EMPTY, of, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { InferenceError } from '../errors.js'
import {
  fakeExpression,
  fakeLog,
  fakeSpeech,
  fakeText,
  fakeVideo,
  type FakeOptions,
} from '../testing/index.js'
import { Conversation, type TurnEvent } from './conversation.js'
import { speakingLine } from './line.js'
import type { Packet, TextPacket } from './packet.js'
import type { TelemetryEvent } from './telemetry.js'

function conversation(speech: FakeOptions, telemetry: TelemetryEvent[] = []) {
  const talk = new Conversation<TextPacket>({
    line: speakingLine({
      segment: { name: 'segment', lookahead: 0, open: () => (source) => source },
      speech: fakeSpeech(speech),
      expression: fakeExpression(),
      video: { from: 'motion', stage: fakeVideo() },
    }),
    telemetry: (event) => telemetry.push(event),
  })
  const output: (Packet | TurnEvent)[] = []
  talk.output$.subscribe((item) => output.push(item))
  const say = (seconds: number) => talk.start((turn) => of(fakeText(seconds, turn.id)))
  const events = (): TurnEvent[] => output.filter((item): item is TurnEvent => 'type' in item)
  const ended = async (turn: string): Promise<void> => {
    while (!events().some((event) => event.turn === turn && event.type !== 'turn-start')) await sleep(1)
  }
  return { talk, output, say, events, ended }
}

describe('Conversation', () => {
  it('brackets a turn with its start and end', async () => {
    const { output, say, ended } = conversation({})
    const turn = say(0.5)
    await ended(turn.id)
    expect(output[0]).toEqual({ type: 'turn-start', turn: 'turn-1' })
    expect(output.at(-1)).toEqual({ type: 'turn-end', turn: 'turn-1' })
    expect(output.filter((item) => 'kind' in item && item.kind === 'frame')).toHaveLength(15)
  })

  it('ends a failing turn with its error, and the next turn works', async () => {
    let broken = true
    const { say, events, ended, output } = conversation({
      beforeOutput: (index) => {
        if (broken && index === 2) throw new InferenceError('the voice broke')
      },
    })
    await ended(say(1).id)
    broken = false
    await ended(say(1).id)
    expect(events()).toEqual([
      { type: 'turn-start', turn: 'turn-1' },
      { type: 'turn-end', turn: 'turn-1', error: { code: 'inference', message: 'the voice broke' } },
      { type: 'turn-start', turn: 'turn-2' },
      { type: 'turn-end', turn: 'turn-2' },
    ])
    expect(
      output.filter((item) => 'kind' in item && item.turn === 'turn-2' && item.kind === 'frame'),
    ).toHaveLength(30)
  })

  it('gives its turns ids of its own, so that two can report to one meter', () => {
    const line = { name: 'pass', lookahead: 0, open: () => (source: Observable<Packet>) => source }
    const ids = ['ann', 'bob'].map((name) => new Conversation<Packet>({ line, name }).start(() => EMPTY).id)
    expect(ids).toEqual(['ann-1', 'bob-1'])
  })

  it('tells nobody what is inside an unexpected error', async () => {
    const { say, events, ended } = conversation({
      beforeOutput: () => {
        throw new TypeError('secret path')
      },
    })
    await ended(say(1).id)
    expect(events()[1]).toMatchObject({ type: 'turn-end', error: { code: 'internal' } })
    expect(JSON.stringify(events())).not.toContain('secret')
  })

  it('cancels the live turn when a new one starts: the mark always arrives, no packet after it', async () => {
    const log = fakeLog()
    const telemetry: TelemetryEvent[] = []
    const { talk, output, say, events, ended } = conversation(
      { log, beforeOutput: () => sleep(1) },
      telemetry,
    )
    const first = say(60)
    await sleep(20)
    const second = say(0.3)
    await ended(second.id)
    await talk.settled()
    expect(events().map(({ type, turn }) => `${type} ${turn}`)).toEqual([
      'turn-start turn-1',
      'turn-cancel turn-1',
      'turn-start turn-2',
      'turn-end turn-2',
    ])
    const cancel = output.findIndex((item) => 'type' in item && item.type === 'turn-cancel')
    expect(output.slice(cancel + 1).some((item) => item.turn === first.id)).toBe(false)
    expect(log.open).toBe(0)
    expect(first.running).toBe(0)
    expect(telemetry.filter(({ type }) => type === 'turn-end')).toMatchObject([
      { outcome: 'cancelled' },
      { outcome: 'completed' },
    ])
  })

  it('interrupts, settles and disposes', async () => {
    const log = fakeLog()
    const { talk, say, events } = conversation({ log, beforeOutput: () => sleep(1) })
    say(60)
    await sleep(5)
    talk.interrupt()
    talk.interrupt()
    expect(talk.live).toBeUndefined()
    expect(events().at(-1)).toEqual({ type: 'turn-cancel', turn: 'turn-1' })
    say(60)
    await talk[Symbol.asyncDispose]()
    expect(log.open).toBe(0)
    expect(events().at(-1)).toEqual({ type: 'turn-cancel', turn: 'turn-2' })
  })
})
