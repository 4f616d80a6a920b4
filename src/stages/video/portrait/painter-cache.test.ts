import { describe, expect, it } from 'vitest'
import type { FramePainter } from './painter.js'
import { PainterCache } from './painter-cache.js'
import type { Subject } from './subject.js'

const builtIn = (size: number): Subject => ({ kind: 'built-in', size })

function painterOf(subject: Subject): FramePainter {
  const size = subject.kind === 'built-in' ? subject.size : 0
  return { width: size, height: size, paint: () => undefined }
}

function counted(): { readonly cache: PainterCache; readonly made: string[] } {
  const made: string[] = []
  const cache = new PainterCache((subject) => {
    made.push(subject.kind === 'built-in' ? String(subject.size) : subject.folder)
    return Promise.resolve(painterOf(subject))
  })
  return { cache, made }
}

describe('PainterCache', () => {
  it('makes a painter once, also for two who ask at the same time', async () => {
    const { cache, made } = counted()
    const [a, b] = await Promise.all([cache.get(builtIn(512)), cache.get(builtIn(512))])
    expect(a).toBe(b)
    expect(made).toEqual(['512'])
  })

  it('keeps as many as their frames leave room for, and gives up the one that was used longest ago', async () => {
    const { cache, made } = counted()
    for (const size of [512, 500, 480, 512, 460, 440]) await cache.get(builtIn(size))
    expect(made).toEqual(['512', '500', '480', '460', '440'])
    // 500² was used longest ago when the fifth had no room.
    for (const size of [512, 480, 500]) await cache.get(builtIn(size))
    expect(made.slice(5)).toEqual(['500'])
  })

  it('keeps one however large it is, and many that are small', async () => {
    const { cache, made } = counted()
    await cache.get(builtIn(2048))
    await cache.get(builtIn(2048))
    for (let size = 128; size < 144; size++) await cache.get(builtIn(size))
    for (let size = 128; size < 144; size++) await cache.get(builtIn(size))
    expect(made).toHaveLength(1 + 16)
  })

  it('forgets a failure', async () => {
    let attempts = 0
    const cache = new PainterCache((subject) => {
      attempts += 1
      return attempts === 1 ? Promise.reject(new Error('unreadable')) : Promise.resolve(painterOf(subject))
    })
    await expect(cache.get(builtIn(512))).rejects.toThrow('unreadable')
    expect((await cache.get(builtIn(512))).width).toBe(512)
  })
})
