import { setTimeout as sleep } from 'node:timers/promises'
import { concat, from, lastValueFrom, NEVER, Observable, of, throwError, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { CancelledError, OverloadError } from '../errors.js'
import { chain, checkWindow } from './compose.js'
import { defineStage } from './stage.js'
import { Turn } from './turn.js'

const doubled = defineStage<number, number, { sum: number }>({
  name: 'double',
  lookahead: 10,
  state: () => ({ sum: 0 }),
  *process(input, state) {
    state.sum += input
    yield input * 2
  },
  *flush(state) {
    yield state.sum
  },
})

const text = defineStage<number, string, null>({
  name: 'text',
  lookahead: 5,
  state: () => null,
  async *process(input) {
    await sleep(1)
    yield `<${input}`
    yield `${input}>`
  },
})

describe('defineStage', () => {
  it('keeps order through sync and async generators, flushes at the end, and keeps state per turn', async () => {
    const line = chain(doubled, text)
    const run = (id: string): Promise<string[]> =>
      lastValueFrom(from([1, 2]).pipe(line.open(new Turn({ id })), toArray()))
    const expected = ['<2', '2>', '<4', '4>', '<3', '3>']
    expect(await Promise.all([run('a'), run('b')])).toEqual([expected, expected])
  })

  it('adds up look-ahead, and refuses a window that is not longer', () => {
    const line = chain(doubled, text)
    expect(line.lookahead).toBe(15)
    expect(() => {
      checkWindow(line, 15)
    }).toThrow(/15 µs must exceed the line's look-ahead of 15 µs \(double → text\)/)
    checkWindow(line, 16)
  })

  it('ends with the error of a step, of the source, or of close', async () => {
    const failing = defineStage<number, number, null>({
      name: 'failing',
      state: () => null,
      *process(input) {
        if (input === 2) throw new Error('step')
        yield input
      },
    })
    const turn = new Turn({ id: 't' })
    await expect(lastValueFrom(from([1, 2, 3]).pipe(failing.open(turn)))).rejects.toThrow('step')
    const broken$ = concat(
      of(1),
      throwError(() => new Error('source')),
    )
    await expect(lastValueFrom(broken$.pipe(failing.open(turn)))).rejects.toThrow('source')
    const stubborn = defineStage<number, number, null>({
      name: 'stubborn',
      state: () => null,
      *process() {},
      close: () => Promise.reject(new Error('close')),
    })
    await expect(lastValueFrom(of(1).pipe(stubborn.open(turn)))).rejects.toThrow('close')
    await turn.ended()
    expect(turn.running).toBe(0)
  })

  it('stops within one step when the turn is cancelled, closes its state, and leaves nothing running', async () => {
    let steps = 0
    let closed = 0
    const endless = defineStage<number, number, null>({
      name: 'endless',
      state: () => null,
      async *process() {
        for (;;) {
          await sleep(1)
          steps += 1
          yield steps
        }
      },
      close: () => void (closed += 1),
    })
    const turn = new Turn({ id: 't' })
    let atCancel = 0
    const result = lastValueFrom(
      concat(of(0), NEVER).pipe(
        endless.open(turn),
        (items$) =>
          new Observable<number>((out) =>
            items$.subscribe({
              next: (item) => {
                if (item === 5) {
                  atCancel = steps
                  turn.cancel()
                }
              },
              error: (error: unknown) => {
                out.error(error)
              },
            }),
          ),
      ),
    )
    await expect(result).rejects.toBeInstanceOf(CancelledError)
    await turn.ended()
    expect(steps).toBeLessThanOrEqual(atCancel + 1)
    expect(closed).toBe(1)
    expect(turn.running).toBe(0)
  })

  it('does no work for a turn that was cancelled before it began', async () => {
    const turn = new Turn({ id: 't' })
    turn.cancel()
    await expect(lastValueFrom(of(1).pipe(doubled.open(turn)))).rejects.toBeInstanceOf(CancelledError)
    await turn.ended()
  })

  it('turns a source that overruns it into an error instead of a leak', async () => {
    const slow = defineStage<number, number, null>({
      name: 'slow',
      state: () => null,
      async *process(input) {
        await sleep(1)
        yield input
      },
    })
    const turn = new Turn({ id: 't' })
    const flood$ = from(Array.from({ length: 10_000 }, (_, index) => index))
    await expect(lastValueFrom(flood$.pipe(slow.open(turn)))).rejects.toBeInstanceOf(OverloadError)
    await turn.ended()
  })
})
