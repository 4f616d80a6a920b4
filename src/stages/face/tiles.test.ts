import { expect, it } from 'vitest'
import type { Region } from './region.js'
import { SMALLEST_FACE, tilesOf } from './tiles.js'

const holds = ({ centreX, centreY, size }: Region, x: number, y: number, face: number): boolean =>
  Math.abs(x - centreX) + face / 2 <= size / 2 + 1e-6 && Math.abs(y - centreY) + face / 2 <= size / 2 + 1e-6

it.each([
  [4000, 3000],
  [3000, 4000],
  [1280, 720],
  [6000, 900],
  [512, 512],
])('shows every face of %d × %d pixels whole and large enough in some square', (width, height) => {
  const tiles = tilesOf(width, height, SMALLEST_FACE)
  const most = Math.min(width, height)
  for (let k = 0; k < 3000; k++) {
    // Evenly spread over places and, by ratio, over sizes (Weyl sequences).
    const face = SMALLEST_FACE * (most / SMALLEST_FACE) ** ((k * 0.754877) % 1)
    const x = face / 2 + ((k * 0.569841) % 1) * (width - face)
    const y = face / 2 + ((k * 0.362437) % 1) * (height - face)
    const seen = tiles.some((tile) => face / tile.size >= 0.15 - 1e-9 && holds(tile, x, y, face))
    expect(seen, `a face of ${face} at ${x}, ${y}`).toBe(true)
  }
})

it('begins with the whole picture, and needs no more for a small one', () => {
  expect(tilesOf(100, 80, SMALLEST_FACE)).toEqual([{ centreX: 50, centreY: 40, size: 100, angle: 0 }])
  expect(tilesOf(1, 1, SMALLEST_FACE)).toHaveLength(1)
  expect(tilesOf(4000, 3000, SMALLEST_FACE, 1)[0]).toEqual({
    centreX: 2000,
    centreY: 1500,
    size: 4000,
    angle: 1,
  })
})

it('stays within what can be looked at in half a second, and in a moment when only large faces count', () => {
  expect(tilesOf(4000, 3000, SMALLEST_FACE).length).toBeLessThan(300)
  expect(tilesOf(1280, 720, 1280 / 8).length).toBeLessThan(10)
})
