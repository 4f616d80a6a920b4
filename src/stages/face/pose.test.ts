import { expect, it } from 'vitest'
import { averageFace } from './fixtures/average-face.js'
import { headPose } from './pose.js'

const degrees = (radians: number): number => (radians * 180) / Math.PI

it.each([
  { pitch: 0, yaw: 0, roll: 0 },
  { pitch: 0, yaw: 25, roll: 0 },
  { pitch: 0, yaw: -60, roll: 0 },
  { pitch: 20, yaw: 0, roll: 0 },
  { pitch: -12, yaw: 31, roll: 8 },
  { pitch: 9, yaw: -17, roll: -140 },
])('reads pitch $pitch°, yaw $yaw° and roll $roll° off the landmarks', (held) => {
  const pose = headPose(averageFace(held).landmarks)
  expect(degrees(pose.pitch)).toBeCloseTo(held.pitch, 2)
  expect(degrees(pose.yaw)).toBeCloseTo(held.yaw, 2)
  expect(degrees(pose.roll)).toBeCloseTo(held.roll, 2)
})

it('says left, right, up and down as a motion packet does', () => {
  const nose = (held: Parameters<typeof averageFace>[0]): readonly [number, number] => {
    const { landmarks } = averageFace(held)
    return [landmarks[4 * 3]! - landmarks[6 * 3]!, landmarks[4 * 3 + 1]! - landmarks[6 * 3 + 1]!]
  }
  const [straightX, straightY] = nose({})
  // Positive yaw: to the face's own left, the right of the picture. Positive pitch: down.
  expect(nose({ yaw: 20 })[0]).toBeGreaterThan(straightX + 5)
  expect(nose({ pitch: 20 })[1]).toBeGreaterThan(straightY + 3)
  // Positive roll: clockwise as seen, so the brow goes to the right.
  const tilted = averageFace({ roll: 20 }).landmarks
  expect(tilted[10 * 3]!).toBeGreaterThan(tilted[152 * 3]! + 20)
})

it('does not look at the mouth and the jaw', () => {
  const face = averageFace({ yaw: 10 }).landmarks
  const open = face.slice()
  for (const index of [14, 17, 152, 148, 377, 61, 291, 13]) open[index * 3 + 1]! += 25
  expect(headPose(open)).toEqual(headPose(face))
})
