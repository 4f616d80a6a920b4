import { describe, expect, it } from 'vitest'
import { PlayClock, type ClockReport } from './play-clock.js'

const report = (change: Partial<ClockReport> = {}): ClockReport => ({
  turn: 1,
  position: 100_000,
  waiting: 500_000,
  playing: true,
  contextTime: 5,
  ...change,
})

describe('PlayClock', () => {
  it('does not run before the first sample has reached the ear', () => {
    const clock = new PlayClock()
    expect(clock.now(5, 0)).toBeUndefined()
    clock.take(report({ position: 10_000 }))
    expect(clock.now(5, 0.05)).toBeUndefined()
    expect(clock.now(5.05, 0.05)).toBeCloseTo(10_000)
  })

  it('goes on with the context between reports', () => {
    const clock = new PlayClock()
    clock.take(report())
    expect(clock.now(5.02, 0)).toBeCloseTo(120_000)
    expect(clock.now(5.02, 0.01)).toBeCloseTo(120_000)
    expect(clock.now(5.04, 0.01)).toBeCloseTo(130_000)
  })

  it('never runs past the sound that is there', () => {
    const clock = new PlayClock()
    clock.take(report({ waiting: 30_000 }))
    expect(clock.now(9, 0)).toBe(130_000)
  })

  it('stands while the sound stands', () => {
    const clock = new PlayClock()
    clock.take(report({ playing: false }))
    expect(clock.now(9, 0)).toBe(100_000)
  })

  it('never goes back within a turn, and begins anew with the next', () => {
    const clock = new PlayClock()
    clock.take(report())
    expect(clock.now(5.1, 0)).toBeCloseTo(200_000)
    clock.take(report({ position: 190_000, contextTime: 5.1 }))
    expect(clock.now(5.1, 0)).toBeCloseTo(200_000)
    clock.take(report({ turn: 2, position: 6_000, contextTime: 5.2 }))
    expect(clock.now(5.2, 0)).toBe(6_000)
  })
})
