import { expect, it } from 'vitest'
import { FaceMotion } from './face-motion.js'

const FRAME = 33_333
const still = [0, 0, 0]
const weights = (first: number): Float32Array => Float32Array.of(first)

it('stands in a turn as what is heard has it, whenever it came', () => {
  const face = new FaceMotion()
  face.play(3, 0)
  for (let index = 0; index < 4; index += 1) {
    face.take({ turn: 3, timestamp: index * FRAME, weights: weights(index / 4), rotation: still }, 10)
  }
  face.hear(3, 2 * FRAME)
  expect(face.at(1_000_000)[0]).toBeCloseTo(0.5)
  face.hear(3, 2.5 * FRAME)
  expect(face.at(2_000_000)[0]).toBeCloseTo(0.625)
})

it('passes over what is of another turn', () => {
  const face = new FaceMotion()
  face.play(2, 0)
  face.take({ turn: 1, timestamp: 0, weights: weights(1), rotation: still }, 0)
  face.hear(1, FRAME)
  expect(face.at(1_000_000)[0]).toBe(0)
})

it('lives on between turns by the clock on the wall, a little behind what comes', () => {
  const face = new FaceMotion()
  const start = 5_000_000
  for (let index = 0; index <= 30; index += 1) {
    const late = index % 3 === 0 ? 0 : 9_000
    face.take(
      { turn: 0, timestamp: index * FRAME, weights: weights(index / 30), rotation: still },
      start + index * FRAME + late,
    )
  }
  expect(face.at(start + 15 * FRAME + 60_000)[0]).toBeCloseTo(0.5)
  expect(face.at(start + 16 * FRAME + 60_000)[0]).toBeCloseTo(16 / 30)
})

it('goes over softly when a turn is cut, and rests where nothing moves it', () => {
  const face = new FaceMotion()
  face.play(1, 0)
  face.take({ turn: 1, timestamp: 0, weights: weights(1), rotation: still }, 0)
  expect(face.at(500_000)[0]).toBe(1)
  face.play(undefined, 600_000)
  expect(face.at(600_000)[0]).toBe(1)
  expect(face.at(670_000)[0]).toBeCloseTo(0.5)
  expect(face.at(740_000)[0]).toBe(0)
})
