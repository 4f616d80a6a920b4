import { describe, expect, it } from 'vitest'
import { CancelledError } from '../../../../errors.js'
import { SharedWork } from './shared-work.js'

const patient = { signal: new AbortController().signal }

/** Work that ends when it is told to, and a while after it was stopped. */
function scripted() {
  let begun = 0
  let ended = 0
  let finish: (value: string) => void = () => undefined
  let letEnd: () => void = () => undefined
  const work = async (signal: AbortSignal): Promise<string> => {
    begun += 1
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
    const given = new Promise<string>((resolve) => (finish = resolve))
    try {
      return await Promise.race([stopped, given])
    } finally {
      if (signal.aborted) await new Promise<void>((resolve) => (letEnd = resolve))
      ended += 1
    }
  }
  return {
    work,
    counts: () => ({ begun, ended }),
    finish: (value: string) => finish(value),
    letEnd: () => letEnd(),
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

describe('SharedWork', () => {
  it('does work once for all who ask meanwhile, and again for those who ask later', async () => {
    const { work, counts, finish } = scripted()
    const shared = new SharedWork<string, never>()
    const both = Promise.all([shared.join('a', patient, work), shared.join('a', patient, work)])
    finish('done')
    expect(await both).toEqual(['done', 'done'])
    const later = shared.join('a', patient, work)
    finish('again')
    expect(await later).toBe('again')
    expect(counts().begun).toBe(2)
  })

  it('goes on when one of two leaves, and tells that one at once', async () => {
    const { work, counts, finish } = scripted()
    const shared = new SharedWork<string, never>()
    const leaving = new AbortController()
    const left = shared.join('a', { signal: leaving.signal }, work)
    const stayed = shared.join('a', patient, work)
    leaving.abort()
    await expect(left).rejects.toThrow(CancelledError)
    finish('done')
    expect(await stayed).toBe('done')
    expect(counts()).toEqual({ begun: 1, ended: 1 })
  })

  it('stops when the last has left, who waits for the end; who comes then begins anew', async () => {
    const { work, counts, finish, letEnd } = scripted()
    const shared = new SharedWork<string, never>()
    const leaving = new AbortController()
    let hasLeft = false
    const left = shared.join('a', { signal: leaving.signal }, work).catch((error: unknown) => {
      hasLeft = true
      return error
    })
    leaving.abort()
    await settled()
    expect(hasLeft).toBe(false)
    const next = shared.join('a', patient, work)
    await settled()
    expect(counts()).toEqual({ begun: 1, ended: 0 })
    letEnd()
    expect(await left).toBeInstanceOf(CancelledError)
    await settled()
    finish('anew')
    expect(await next).toBe('anew')
    expect(counts()).toEqual({ begun: 2, ended: 2 })
  })

  it('passes a failure on to all, and forgets it', async () => {
    const shared = new SharedWork<string, never>()
    const fail = () => Promise.reject(new Error('no'))
    const both = [shared.join('a', patient, fail), shared.join('a', patient, fail)]
    for (const end of await Promise.allSettled(both)) expect(end.status).toBe('rejected')
    expect(await shared.join('a', patient, () => Promise.resolve('yes'))).toBe('yes')
  })
})
