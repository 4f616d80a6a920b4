import { expect, it } from 'vitest'
import { RunTimes } from './run-times.js'

it('knows what runs of a size took lately, and takes the next larger one for those it has not seen', () => {
  const times = new RunTimes()
  expect(times.of(1)).toBe(0)
  for (const time of [900, 30, 20, 25]) times.record(4, time)
  expect(times.of(4)).toBe(30)
  expect(times.of(2)).toBe(30)
  expect(times.of(8)).toBe(0)
  for (let k = 0; k < 8; k++) times.record(4, 10)
  expect(times.of(4)).toBe(10)
})
