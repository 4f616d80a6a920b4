import { expect, it } from 'vitest'
import { lamFrames } from './contract.js'
import { FrameLevels } from './frame-levels.js'

function levelsOf(samples: Float32Array, size: number): number[] {
  const levels: number[] = []
  const push = (level: number): void => void levels.push(level)
  const frames = new FrameLevels()
  for (let at = 0; at < samples.length; at += size) frames.push(samples.subarray(at, at + size), push)
  frames.end(push)
  return levels
}

it('tells the level of each frame in dB, however the sound is cut', () => {
  const samples = Float32Array.from({ length: 1600 }, (_, i) => (i < 533 ? 1 : i < 1066 ? 0.1 : 0))
  const levels = levelsOf(samples, 1600)
  expect(levels.map(Math.round)).toEqual([0, -20, -120])
  expect(levelsOf(samples, 7)).toEqual(levels)
})

it('has as many frames as the network makes', () => {
  for (let length = 1; length < 3300; length++) {
    expect(levelsOf(new Float32Array(length), 4000), `of ${length} samples`).toHaveLength(lamFrames(length))
  }
})
