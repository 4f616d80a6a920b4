import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { CancelledError } from '../errors.js'
import { DeviceQueue } from './device-queue.js'

const forever = new AbortController().signal
const tick = () => new Promise((resolve) => setImmediate(resolve))

/** A job that ends when told, and counts how many of its kind run. */
function jobs() {
  const running = { now: 0, most: 0, begun: [] as string[] }
  const ends = new Map<string, () => void>()
  const job = (name: string) => async () => {
    running.begun.push(name)
    running.now += 1
    running.most = Math.max(running.most, running.now)
    await new Promise<void>((resolve) => ends.set(name, resolve))
    running.now -= 1
    return name
  }
  return { running, job, end: (name: string) => ends.get(name)?.() }
}

describe('a device queue', () => {
  it('holds a slot until the job has really ended, whatever its signal says', async () => {
    const queue = new DeviceQueue(1)
    const { running, job, end } = jobs()
    const turn = new AbortController()
    const first = queue.run(job('first'), { signal: turn.signal })
    const second = queue.run(job('second'), { signal: forever })
    await tick()
    turn.abort()
    await tick()
    expect(running.begun).toEqual(['first'])
    expect(queue.running).toBe(1)
    end('first')
    expect(await first).toBe('first')
    await tick()
    end('second')
    expect(await second).toBe('second')
    expect(running.most).toBe(1)
  })

  it('lets a waiting job go at once and never runs it', async () => {
    const queue = new DeviceQueue(1)
    const { running, job, end } = jobs()
    const turn = new AbortController()
    const first = queue.run(job('first'), { signal: forever })
    const second = queue.run(job('second'), { signal: turn.signal })
    await tick()
    turn.abort()
    await expect(second).rejects.toThrow(CancelledError)
    end('first')
    await first
    await queue.idle()
    expect(running.begun).toEqual(['first'])
    expect(getEventListeners(turn.signal, 'abort')).toEqual([])
  })

  it('never runs more jobs than it has slots, with half of them aborted at random moments', async () => {
    const queue = new DeviceQueue(2)
    const running = { now: 0, most: 0 }
    const outcomes = Array.from({ length: 200 }, async (_, index) => {
      const turn = new AbortController()
      if (index % 2 === 0) setTimeout(() => turn.abort(), index % 23)
      const job = async () => {
        running.now += 1
        running.most = Math.max(running.most, running.now)
        await new Promise((resolve) => setTimeout(resolve, index % 3))
        running.now -= 1
        if (index % 5 === 0) throw new Error('a failing job frees its slot too')
      }
      return queue.run(job, { signal: turn.signal })
    })
    await Promise.allSettled(outcomes)
    await queue.idle()
    expect(running).toEqual({ now: 0, most: 2 })
    expect(queue.running + queue.waiting).toBe(0)
  })

  it('takes the most urgent first, and equals in order of arrival', async () => {
    const queue = new DeviceQueue(1)
    const order: string[] = []
    const job = (name: string) => async () => {
      order.push(name)
      await tick()
    }
    const deadlines: [string, number][] = [
      ['running', 0],
      ['due at 300', -300],
      ['due at 100', -100],
      ['also at 300', -300],
      ['due at 200', -200],
    ]
    await Promise.all(
      deadlines.map(([name, priority]) => queue.run(job(name), { signal: forever, priority })),
    )
    expect(order).toEqual(['running', 'due at 100', 'due at 200', 'due at 300', 'also at 300'])
  })

  it('passes on what a job throws', async () => {
    const queue = new DeviceQueue(1)
    const broken = queue.run(() => Promise.reject(new RangeError('broken')), { signal: forever })
    await expect(broken).rejects.toThrow(RangeError)
  })
})
