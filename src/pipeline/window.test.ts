import { describe, expect, it } from 'vitest'
import { CancelledError } from '../errors.js'
import { FlowWindow } from './window.js'

const never = new AbortController().signal

describe('FlowWindow', () => {
  it('admits positions within its span of the slowest branch and holds later ones', async () => {
    const window = new FlowWindow(1000)
    const audio = window.branch('audio')
    const video = window.branch('video')
    await window.admit(999, never)

    let admitted = false
    const waiting = window.admit(1000, never).then(() => (admitted = true))
    audio.advance(500)
    await Promise.resolve()
    expect(admitted).toBe(false)
    expect(window.waiting).toBe(1)

    video.advance(1)
    await waiting
    expect(window.waiting).toBe(0)
  })

  it('compares positions, so that a branch that skips most of its packets leaks nothing', async () => {
    const window = new FlowWindow(100)
    const branch = window.branch('video')
    for (let position = 0; position < 100_000; position += 50) {
      await window.admit(position, never)
      if (position % 1000 === 0) branch.advance(position + 50)
      else branch.advance(position)
    }
    expect(window.position).toBe(99_950)
    expect(window.waiting).toBe(0)
  })

  it('ignores a position smaller than the last', () => {
    const window = new FlowWindow(100)
    const branch = window.branch('audio')
    branch.advance(50)
    branch.advance(10)
    expect(window.position).toBe(50)
  })

  it('is not held by a branch that has closed, and is open with none left', async () => {
    const window = new FlowWindow(10)
    const slow = window.branch('slow')
    const fast = window.branch('fast')
    fast.advance(1_000)
    const waiting = window.admit(1_005, never)
    slow.close()
    await waiting
    fast.close()
    await window.admit(1e12, never)
    expect(window.position).toBe(Infinity)
  })

  it('rejects and forgets a waiter whose signal aborts, before or while it waits', async () => {
    const window = new FlowWindow(10)
    window.branch('audio')
    const controller = new AbortController()
    const waiting = window.admit(10, controller.signal)
    controller.abort()
    await expect(waiting).rejects.toBeInstanceOf(CancelledError)
    await expect(window.admit(0, controller.signal)).rejects.toBeInstanceOf(CancelledError)
    expect(window.waiting).toBe(0)
  })

  it('makes room for a line that looks further ahead, and stays as wide as it is for any other', async () => {
    const window = new FlowWindow(10)
    window.branch('frames')
    const waiting = window.admit(30_000_000, never)
    window.makeRoom(9)
    expect(window.span).toBe(10)
    window.makeRoom(30_000_000)
    await waiting
    expect(window.span).toBeGreaterThan(30_000_000)
  })

  it.each([0, -1, Number.NaN])('refuses a span of %s', (span) => {
    expect(() => new FlowWindow(span)).toThrow(/positive number of microseconds/)
  })
})
