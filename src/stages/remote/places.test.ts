import { describe, expect, it } from 'vitest'
import { CancelledError } from '../../errors.js'
import { Places } from './places.js'

describe('Places', () => {
  it('lets as many in as there are, and the others in order', async () => {
    const places = new Places(2)
    const { signal } = new AbortController()
    const inside: number[] = []
    const entries = [0, 1, 2, 3].map((who) => places.take(signal).then(() => inside.push(who)))
    await Promise.all(entries.slice(0, 2))
    expect(inside).toEqual([0, 1])
    places.give()
    await entries[2]
    places.give()
    await entries[3]
    expect(inside).toEqual([0, 1, 2, 3])
  })

  it('forgets who does not wait any more', async () => {
    const places = new Places(1)
    const { signal } = new AbortController()
    await places.take(signal)
    const impatient = new AbortController()
    const left = places.take(impatient.signal)
    const next = places.take(signal)
    impatient.abort(new CancelledError('gone'))
    await expect(left).rejects.toThrow('gone')
    await expect(places.take(impatient.signal)).rejects.toThrow('gone')
    places.give()
    await next
    places.give()
    await places.take(signal)
  })
})
