import { setTimeout as sleep } from 'node:timers/promises'
import { lastValueFrom, take, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { pull } from './pull.js'

describe('pull', () => {
  it('is cold and delivers every item in order', async () => {
    let calls = 0
    const numbers$ = pull(async function* () {
      calls += 1
      yield 1
      await sleep(1)
      yield 2
    })
    expect(calls).toBe(0)
    expect(await lastValueFrom(numbers$.pipe(toArray()))).toEqual([1, 2])
    expect(await lastValueFrom(numbers$.pipe(toArray()))).toEqual([1, 2])
    expect(calls).toBe(2)
  })

  it('makes at most one item more than was taken, aborts at once, and waits for the real end', async () => {
    let made = 0
    let cleaned = false
    let end: Promise<void> | undefined
    let signal: AbortSignal | undefined
    const numbers$ = pull(
      async function* (given) {
        signal = given
        try {
          for (;;) yield (made += 1)
        } finally {
          await sleep(5)
          cleaned = true
        }
      },
      (work) => (end = work),
    )
    expect(await lastValueFrom(numbers$.pipe(take(3), toArray()))).toEqual([1, 2, 3])
    expect(signal?.aborted).toBe(true)
    await end
    expect(cleaned).toBe(true)
    expect(made).toBeLessThanOrEqual(4)
  })

  it('passes an error on, and keeps quiet about errors after the subscriber has left', async () => {
    const failing$ = pull(async function* (signal): AsyncGenerator<number> {
      yield 1
      await sleep(1)
      throw new Error(signal.aborted ? 'late' : 'broken')
    })
    await expect(lastValueFrom(failing$)).rejects.toThrow('broken')

    let end: Promise<void> | undefined
    const left$ = pull(
      async function* (signal): AsyncGenerator<number> {
        yield 1
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
        throw new Error('late')
      },
      (work) => (end = work),
    )
    const received: number[] = []
    const subscription = left$.subscribe({
      next: (item) => received.push(item),
      error: () => received.push(-1),
    })
    await sleep(2)
    subscription.unsubscribe()
    await end
    expect(received).toEqual([1])
  })
})
