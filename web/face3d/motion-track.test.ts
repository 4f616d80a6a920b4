import { expect, it } from 'vitest'
import { MotionTrack, POSE_VALUES, ROTATION_AT } from './motion-track.js'

const weights = (first: number): Float32Array => new Float32Array(ROTATION_AT).fill(first, 0, 1)

function read(track: MotionTrack, now: number): number[] | undefined {
  const pose = new Float32Array(POSE_VALUES)
  return track.read(now, pose) ? [pose[0]!, pose[ROTATION_AT + 1]!] : undefined
}

it('mixes what lies between two moments, and holds its ends', () => {
  const track = new MotionTrack()
  expect(read(track, 0)).toBeUndefined()
  track.add(100, weights(0), [0, 0, 0])
  track.add(200, weights(1), [0, 0.5, 0])
  track.add(300, weights(0.5), [0, 0.25, 0])
  expect(track.end).toBe(300)
  expect([0, 100, 150, 200, 250, 900].map((now) => read(track, now))).toEqual([
    [0, 0],
    [0, 0],
    [0.5, 0.25],
    [1, 0.5],
    [0.75, 0.375],
    [0.5, 0.25],
  ])
  track.clear()
  expect(read(track, 150)).toBeUndefined()
})

it('remembers as much as it needs, and no more', () => {
  const track = new MotionTrack()
  for (let index = 0; index < 1000; index += 1) track.add(index, weights(index), [0, 0, 0])
  expect(read(track, 999)?.[0]).toBe(999)
  expect(read(track, 10)?.[0]).toBe(744)
})
