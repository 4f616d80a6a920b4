import { describe, expect, it } from 'vitest'
import { OpenCache } from './open-cache.js'

function counted(mostIdle: number) {
  const events: string[] = []
  const cache = new OpenCache<{ close(): Promise<void> }>(mostIdle)
  const use = (key: string) =>
    cache.use(key, () => {
      events.push(`open ${key}`)
      if (key === 'broken') return Promise.reject(new Error('no'))
      return Promise.resolve({
        close: () => {
          events.push(`close ${key}`)
          return Promise.resolve()
        },
      })
    })
  return { cache, use, events }
}

describe('OpenCache', () => {
  it('opens once for all users, and keeps open what is used', async () => {
    const { use, events } = counted(0)
    const [one, other] = await Promise.all([use('a'), use('a')])
    expect(one.thing).toBe(other.thing)
    await one.release()
    await one.release()
    expect(events).toEqual(['open a'])
    await other.release()
    expect(events).toEqual(['open a', 'close a'])
  })

  it('closes what was left longest ago of what nobody uses', async () => {
    const { use, events } = counted(2)
    const used = await use('used')
    for (const key of ['a', 'b', 'a', 'c', 'd']) await (await use(key)).release()
    expect(events.filter((event) => event.startsWith('close'))).toEqual(['close b', 'close a'])
    await used.release()
    expect(events.at(-1)).toBe('close c')
  })

  it('forgets a failure, and closes all at the end', async () => {
    const { cache, use, events } = counted(2)
    await expect(use('broken')).rejects.toThrow('no')
    await expect(use('broken')).rejects.toThrow('no')
    const lease = await use('a')
    await cache.close()
    await lease.release()
    expect(events).toEqual(['open broken', 'open broken', 'open a', 'close a'])
  })
})
