import { describe, expect, it } from 'vitest'
import { Pace } from './video-pace.js'

/** Which source picture is shown at each tick. */
function shown(times: readonly number[], fps: number, lastDuration: number): number[] {
  const pace = new Pace(fps)
  const ticks: number[] = []
  const show = (picture: number, count: number): void => {
    for (let i = 0; i < count; i++) ticks.push(picture)
  }
  for (const [index, time] of times.entries()) show(index - 1, pace.next(time))
  show(times.length - 1, pace.end(lastDuration))
  expect(pace.ticks).toBe(ticks.length)
  return ticks
}

const evenly = (fps: number, count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index / fps)
const row = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('Pace', () => {
  it('shows each picture once at its own rate', () => {
    expect(shown(evenly(25, 250), 25, 0.04)).toEqual(row(250))
    expect(shown(evenly(30_000 / 1001, 900), 30_000 / 1001, 1001 / 30_000)).toEqual(row(900))
  })

  it('shows each picture once when the times are rounded to milliseconds, as in MKV', () => {
    const rounded = evenly(30_000 / 1001, 900).map((time) => Math.round(time * 1000) / 1000)
    expect(shown(rounded, 30_000 / 1001, 0.033)).toEqual(row(900))
  })

  it('starts with the first picture, whatever its time', () => {
    expect(shown(evenly(10, 5, 1234.5), 10, 0.1)).toEqual(row(5))
    expect(shown(evenly(10, 5, -3), 10, 0.1)).toEqual(row(5))
  })

  it('drops evenly when the rate is lower, and repeats evenly when it is higher', () => {
    expect(shown(evenly(50, 10), 25, 0.02)).toEqual([0, 2, 4, 6, 8])
    expect(shown(evenly(12.5, 4), 25, 0.08)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(shown(evenly(10, 3), 30, 0.1)).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 2])
  })

  it('takes the picture nearest in time when the rate varies', () => {
    // Ticks at 0, 0.1, 0.2 … ; pictures change halfway between their times.
    expect(shown([0, 0.08, 0.31, 0.33, 0.9], 10, 0.1)).toEqual([0, 1, 2, 2, 3, 3, 3, 4, 4, 4])
  })

  it('keeps the length: neither dropping nor repeating drifts', () => {
    for (const fps of [7, 24, 25, 30, 59.94]) {
      const ticks = shown(evenly(29.97, 2997), fps, 1 / 29.97)
      expect(Math.abs(ticks.length - 100 * fps)).toBeLessThanOrEqual(1)
      const worst = Math.max(...ticks.map((picture, tick) => Math.abs(picture / 29.97 - tick / fps)))
      expect(worst).toBeLessThanOrEqual(0.5 / 29.97 + 1e-9 + 0.5 / fps)
    }
  })

  it('lets a picture that is not later take the place of the one before', () => {
    expect(shown([0, 0.1, 0.1, 0.05, 0.2], 10, 0.1)).toEqual([0, 3, 4])
  })

  it('shows the only picture at least once, and none when there is none', () => {
    expect(shown([5], 25, 0)).toEqual([0])
    expect(shown([5], 25, 0.2)).toEqual([0, 0, 0, 0, 0])
    expect(new Pace(25).end(1)).toBe(0)
  })
})
