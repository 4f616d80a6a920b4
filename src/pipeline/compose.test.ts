import { delay, filter, map } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { describe, expect, it } from 'vitest'
import { chain, fork } from './compose.js'
import { faceLine } from './line.js'
import type { AudioPacket, FramePacket, MotionPacket, Packet } from './packet.js'
import { endOf, isKind } from './packet.js'
import type { Stage } from './stage.js'
import { Turn } from './turn.js'

const base = { turn: 't', timestamp: 0, duration: 40_000 }
const audio: AudioPacket = { ...base, kind: 'audio', samples: new Float32Array(1), sampleRate: 16_000 }
const motion: MotionPacket = {
  ...base,
  kind: 'motion',
  index: 0,
  weights: new Float32Array(52),
  rotation: [0, 0, 0],
}
const frame: FramePacket = { ...base, kind: 'frame', index: 0, data: new Uint8Array(0), width: 0, height: 0 }

/** A stage that answers after some virtual time, one output at a time. */
function later<I, O>(name: string, milliseconds: number, output: O, lookahead = 0): Stage<I, O> {
  return {
    name,
    lookahead,
    open: () => (source) =>
      source.pipe(
        map(() => output),
        delay(milliseconds),
      ),
  }
}

function marbles(run: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected)
  }).run(run)
}

const values = { a: audio, m: motion, f: frame }

describe('fork', () => {
  it('passes packets at once and adds what the branch makes of them, ending when both have', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<AudioPacket>(' a--a--|     ', { a: audio })
      const line = fork<AudioPacket, 'audio', MotionPacket>('audio', later('expression', 2, motion))
      expectObservable(source.pipe(line.open(new Turn({ id: 't' })))).toBe('a-ma-m|', values)
      expectSubscriptions(source.subscriptions).toBe('^-----!')
    })
  })

  it('nests: sound, motion and pictures leave as they are made', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<AudioPacket>(' a------|   ', { a: audio })
      const line = faceLine<AudioPacket>({
        expression: later('e', 2, motion, 7),
        video: { from: 'motion', stage: later('v', 3, frame, 5) },
      })
      expect(line.lookahead).toBe(12)
      expectObservable(source.pipe(line.open(new Turn({ id: 't' })))).toBe('a-m--f-|', values)
    })
  })

  it('lets a face that hears for itself hang on the sound, beside the motion or without it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const video = { from: 'audio', stage: later<AudioPacket, FramePacket>('v', 3, frame, 9) } as const
      const source = cold<AudioPacket>(' a------|   ', { a: audio })
      const line = faceLine<AudioPacket>({ expression: later('e', 2, motion, 7), video })
      expect(line.lookahead).toBe(9)
      expectObservable(source.pipe(line.open(new Turn({ id: 't' })))).toBe('a-mf---|', values)
      expectSubscriptions(source.subscriptions).toBe('^------!')

      const alone = cold<AudioPacket>('a------|   ', { a: audio })
      expectObservable(alone.pipe(faceLine<AudioPacket>({ video }).open(new Turn({ id: 't' })))).toBe(
        'a--f---|',
        values,
      )
    })
  })

  it('feeds the branch one kind only, and stops the source when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<Packet>('  m-a-m-a', values)
      const line = fork<Packet, 'audio', FramePacket>('audio', later('v', 1, frame))
      expectObservable(
        source.pipe(line.open(new Turn({ id: 't' })), filter(isKind('frame'))),
        '^-----!',
      ).toBe('---f---', values)
      expectSubscriptions(source.subscriptions).toBe('^-----!')
    })
  })

  it('ends with an error of either side', () => {
    marbles(({ cold, expectObservable }) => {
      const failing: Stage<AudioPacket, MotionPacket> = {
        name: 'failing',
        lookahead: 0,
        open: () => (source) =>
          source.pipe(
            map(() => {
              throw new Error('branch')
            }),
          ),
      }
      const source = cold<AudioPacket>('-a-a', { a: audio })
      expectObservable(
        source.pipe(fork<AudioPacket, 'audio', MotionPacket>('audio', failing).open(new Turn({ id: 't' }))),
      ).toBe('-(a#)', values, new Error('branch'))
    })
  })
})

describe('chain', () => {
  it('joins stages in order without buffering between them', () => {
    marbles(({ cold, expectObservable }) => {
      const line = chain(
        later<AudioPacket, MotionPacket>('e', 2, motion, 1),
        later<MotionPacket, FramePacket>('v', 3, frame, 2),
      )
      expect([line.name, line.lookahead]).toEqual(['e → v', 3])
      const source = cold<AudioPacket>('a-a--|', { a: audio })
      expectObservable(source.pipe(line.open(new Turn({ id: 't' })))).toBe('-----f-(f|)', values)
    })
  })
})

describe('faceLine', () => {
  it('without stages, passes sound on; with expression alone, adds motion', () => {
    marbles(({ cold, expectObservable }) => {
      const source = (): ReturnType<typeof cold<AudioPacket>> => cold<AudioPacket>('a-|', { a: audio })
      expectObservable(source().pipe(faceLine<AudioPacket>({}).open(new Turn({ id: 't' })))).toBe(
        'a-|',
        values,
      )
      const some = faceLine<AudioPacket>({ expression: later('e', 1, motion) })
      expectObservable(source().pipe(some.open(new Turn({ id: 't' })))).toBe('am|', values)
    })
  })
})

describe('packets', () => {
  it('end where their media does', () => {
    expect(endOf({ timestamp: 33_333, duration: 33_334 })).toBe(66_667)
  })
})
