import { describe, expect, it } from 'vitest'
import { FrameRing, type Viewer } from './frame-ring.js'

const forever = new AbortController().signal

function pushAll(ring: FrameRing, from: number, to: number): void {
  for (let value = from; value < to; value++) ring.push(Uint8Array.of(value))
}

async function take(viewer: Viewer, count: number): Promise<(number | undefined)[]> {
  const taken: (number | undefined)[] = []
  for (let left = count; left > 0; left--) taken.push((await viewer.next())?.[0])
  return taken
}

describe('FrameRing', () => {
  it('gives every viewer all frames in order, however far apart they are', async () => {
    const ring = new FrameRing(3)
    const [fast, slow] = [ring.join(), ring.join()]
    pushAll(ring, 0, 3)
    expect(await take(fast, 3)).toEqual([0, 1, 2])
    expect(await take(slow, 1)).toEqual([0])
    pushAll(ring, 3, 4)
    expect(await take(fast, 1)).toEqual([3])
    expect(await take(slow, 3)).toEqual([1, 2, 3])
  })

  it('takes the oldest frames from a viewer who lags, and from nobody else', async () => {
    const ring = new FrameRing(3)
    const [fast, lagging] = [ring.join(), ring.join()]
    for (let value = 0; value < 10; value++) {
      pushAll(ring, value, value + 1)
      expect(await take(fast, 1)).toEqual([value])
    }
    expect(await take(lagging, 3)).toEqual([7, 8, 9])
  })

  it('begins with the newest picture for those who come later', async () => {
    const ring = new FrameRing(3)
    pushAll(ring, 0, 5)
    const late = ring.join()
    pushAll(ring, 5, 6)
    expect(await take(late, 2)).toEqual([4, 5])
  })

  it('lets a viewer wait for a frame, for the end, and leave', async () => {
    const ring = new FrameRing(3)
    const [staying, leaving] = [ring.join(), ring.join()]
    const [next, nothing] = [staying.next(), leaving.next()]
    leaving.leave()
    expect(await nothing).toBeUndefined()
    expect(ring.viewers).toBe(1)
    pushAll(ring, 0, 2)
    expect((await next)?.[0]).toBe(0)
    ring.end()
    expect(await take(staying, 2)).toEqual([1, undefined])
  })

  it('takes everything away when it is cut, but the last picture for those who come late', async () => {
    const ring = new FrameRing(3)
    const viewer = ring.join()
    pushAll(ring, 0, 2)
    ring.cut()
    expect(await viewer.next()).toBeUndefined()
    expect(await take(ring.join(), 2)).toEqual([1, undefined])
    pushAll(ring, 2, 3)
    expect(ring.count).toBe(2)
  })

  it('tells when somebody watches, and when the fastest has taken all', async () => {
    const ring = new FrameRing(3)
    const order: string[] = []
    const watched = ring.watched(forever).then(() => order.push('watched'))
    order.push('empty')
    const [fast] = [ring.join(), ring.join()]
    await watched
    pushAll(ring, 0, 1)
    const taken = ring.taken(forever).then(() => order.push('taken'))
    order.push('pushed')
    await fast.next()
    await taken
    expect(order).toEqual(['empty', 'watched', 'pushed', 'taken'])
  })

  it('stops waiting for viewers when told to', async () => {
    const stop = new AbortController()
    const ring = new FrameRing(3)
    const waiting = ring.watched(stop.signal)
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
  })
})
