import { expect, it } from 'vitest'
import { ReposeTrack } from './repose.js'

const NAMES = ['browInnerUp', 'jawOpen', 'mouthClose', 'mouthFunnel', 'eyeBlinkLeft']
const motion = (...weights: readonly number[]): Float32Array => Float32Array.from(weights)

it('knows how far from rest the face is at a moment: mouth open, eyes shut', () => {
  const repose = new ReposeTrack(NAMES)
  expect(repose.at(0)).toBeUndefined()
  repose.add(0, motion(1, 0, 0, 0, 0))
  repose.add(33_333, motion(0, 0.5, 0, 0, 0))
  repose.add(66_667, motion(0, 0.5, 0.5, 0, 0))
  repose.add(100_000, motion(0, 0, 0, 0.5, 0))
  repose.add(133_333, motion(0, 0, 0, 0, 1))
  const moments = [0, 40_000, 80_000, 110_000, 500_000]
  expect(moments.map((timestamp) => repose.at(timestamp))).toEqual([0, 0.5, 0, 0.25, 0.25])
  repose.clear()
  expect(repose.at(40_000)).toBeUndefined()
})

it('remembers as much as it needs, and no more', () => {
  const repose = new ReposeTrack(NAMES)
  for (let index = 0; index < 1000; index += 1) repose.add(index, motion(0, index / 1000, 0, 0, 0))
  expect(repose.at(999)).toBeCloseTo(0.999)
  expect(repose.at(100)).toBeUndefined()
})
