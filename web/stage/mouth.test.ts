import { expect, it } from 'vitest'
import { MouthTrack } from './mouth.js'

const NAMES = ['browInnerUp', 'jawOpen', 'mouthClose', 'mouthFunnel']
const motion = (...weights: readonly number[]): Float32Array => Float32Array.from(weights)

it('knows how far the mouth is open at a moment', () => {
  const mouth = new MouthTrack(NAMES)
  expect(mouth.at(0)).toBeUndefined()
  mouth.add(0, motion(1, 0, 0, 0))
  mouth.add(33_333, motion(0, 0.5, 0, 0))
  mouth.add(66_667, motion(0, 0.5, 0.5, 0))
  mouth.add(100_000, motion(0, 0, 0, 0.5))
  expect([0, 40_000, 80_000, 500_000].map((timestamp) => mouth.at(timestamp))).toEqual([0, 0.5, 0, 0.25])
  mouth.clear()
  expect(mouth.at(40_000)).toBeUndefined()
})

it('remembers as much as it needs, and no more', () => {
  const mouth = new MouthTrack(NAMES)
  for (let index = 0; index < 1000; index += 1) mouth.add(index, motion(0, index / 1000, 0, 0))
  expect(mouth.at(999)).toBeCloseTo(0.999)
  expect(mouth.at(100)).toBeUndefined()
})
