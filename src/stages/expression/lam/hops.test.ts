import { expect, it } from 'vitest'
import { lamFrames } from './contract.js'
import {
  framesDue,
  HELD_BACK,
  RECORDING_HOPS,
  STREAM_HOPS,
  windowEnds,
  windowFor,
  type Hops,
} from './hops.js'

it('begins after 0.2 s and then runs once a second, on whole seconds', () => {
  const all = windowEnds(STREAM_HOPS)
  const ends = Array.from({ length: 10 }, () => all.next().value)
  expect(ends[0]).toBe(6)
  expect(ends).toEqual(expect.arrayContaining([30, 60, 90, 120, 150, 180]))
  expect(Math.max(...ends.map((end, i) => end - (ends[i - 1] ?? 0)))).toBe(STREAM_HOPS.longest)
})

it('owes what has been heard, less what is held back, and never more than the longest hop beside', () => {
  expect([0, 5, 6, 29, 30, 59, 60].map((heard) => framesDue(heard, STREAM_HOPS))).toEqual([
    0, 0, 3, 18, 27, 42, 57,
  ])
  for (let heard = 0; heard < 300; heard++) {
    expect(heard - framesDue(heard, STREAM_HOPS)).toBeLessThan(STREAM_HOPS.longest + HELD_BACK)
  }
})

it('takes half a window for little that is new, and a whole one for all that a hop can bring', () => {
  const framesFor = (fresh: number, hops: Hops, heard = 1000): number => windowFor(fresh, heard, hops).frames
  const most = (hops: Hops): number => hops.longest + HELD_BACK
  expect([1, 15, 16, most(STREAM_HOPS)].map((fresh) => framesFor(fresh, STREAM_HOPS))).toEqual([
    31, 31, 64, 64,
  ])
  expect([15, 48, 49, most(RECORDING_HOPS)].map((fresh) => framesFor(fresh, RECORDING_HOPS))).toEqual([
    31, 64, 91, 151,
  ])
  expect(framesFor(132, RECORDING_HOPS, 132)).toBe(133)
  for (const { frames, samples } of RECORDING_HOPS.windows) expect(lamFrames(samples)).toBe(frames)
})
