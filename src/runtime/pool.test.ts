import { describe, expect, it } from 'vitest'
import { CancelledError } from '../errors.js'
import type { Engine } from './engine.js'
import { collect } from './fixtures/collect.js'
import { createInlineEngine } from './inline-engine.js'
import { defineProgram } from './program.js'

interface Job {
  readonly value: number
  readonly fail?: boolean
}

/** A renderer whose steps end when the test says so. */
function controlled(workers: number) {
  const gates: (() => void)[] = []
  const running = { now: 0, most: 0, opened: 0, closed: 0 }
  const program = defineProgram(() => ({
    open(factor: number) {
      running.opened += 1
      return {
        async *process(job: Job) {
          running.now += 1
          running.most = Math.max(running.most, running.now)
          await new Promise<void>((resolve) => gates.push(resolve))
          running.now -= 1
          if (job.fail === true) throw new Error('out of paint')
          yield job.value * factor
        },
        close() {
          running.closed += 1
        },
      }
    },
  }))
  const engine: Promise<Engine<number, Job, number>> = createInlineEngine(program, {
    config: undefined,
    workers,
  })
  const release = async (count: number) => {
    for (let released = 0; released < count;) {
      const gate = gates.shift()
      if (gate === undefined) await new Promise((resolve) => setImmediate(resolve))
      else {
        gate()
        released += 1
      }
    }
  }
  return { engine, release, running }
}

describe('a pool session', () => {
  it('spreads calls over all workers, each call with its own result', async () => {
    const { engine, release, running } = controlled(3)
    const pool = await (await engine).openPool(10, { signal: new AbortController().signal })
    expect(pool.width).toBe(3)
    const results = Promise.all([1, 2, 3, 4, 5, 6, 7].map((value) => collect(pool.process({ value }))))
    await release(7)
    expect(await results).toEqual([[10], [20], [30], [40], [50], [60], [70]])
    expect(running.most).toBe(3)
    await pool.close()
    expect(running).toMatchObject({ opened: 3, closed: 3, now: 0 })
    await (await engine).dispose()
  })

  it('ends calls that wait for a worker when the turn is cancelled', async () => {
    const { engine, release } = controlled(1)
    const turn = new AbortController()
    const pool = await (await engine).openPool(1, { signal: turn.signal })
    const calls = [1, 2, 3].map((value) => collect(pool.process({ value })))
    const outcomes = Promise.allSettled(calls)
    await new Promise((resolve) => setImmediate(resolve))
    turn.abort()
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(CancelledError) as unknown })
    }
    await release(1)
    await pool.close()
    await (await engine).dispose()
  })

  it('passes a failure to its call and keeps the other workers', async () => {
    const { engine, release } = controlled(2)
    const pool = await (await engine).openPool(1, { signal: new AbortController().signal })
    const bad = collect(pool.process({ value: 1, fail: true }))
    const good = collect(pool.process({ value: 2 }))
    const outcome = expect(bad).rejects.toThrow('out of paint')
    await release(2)
    await outcome
    expect(await good).toEqual([2])
    await pool.close()
    await (await engine).dispose()
  })

  it('gives sessions of single turns to the least busy worker', async () => {
    const { engine, release, running } = controlled(2)
    const { signal } = new AbortController()
    const loaded = await engine
    const sessions = await Promise.all([loaded.open(1, { signal }), loaded.open(1, { signal })])
    const results = Promise.all(sessions.map((session) => collect(session.process({ value: 5 }))))
    await release(2)
    expect(await results).toEqual([[5], [5]])
    expect(running.most).toBe(2)
    await loaded.dispose()
  })
})
