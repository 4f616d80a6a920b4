import { describe, expect, it } from 'vitest'
import { BackdropPainter } from './backdrop.js'
import type { FrameMoment, FramePainter } from './painter.js'

const SIDE = 100
const MOMENT: FrameMoment = { weights: new Float32Array(52), rotation: [0, 0, 0], seconds: 0 }

/** Paints each pixel of the square with its own column and row. */
const square: FramePainter = {
  width: SIDE,
  height: SIDE,
  paint: (_, out) => {
    for (let i = 0; i < SIDE * SIDE; i++) {
      out[i * 3] = i % SIDE
      out[i * 3 + 1] = Math.floor(i / SIDE)
      out[i * 3 + 2] = 200
    }
  },
}

async function painted(width: number, height: number, left: number, top: number): Promise<Uint8Array> {
  const rgb = new Uint8Array(width * height * 3).fill(50)
  const out = new Uint8Array(width * height * 3)
  const painter = new BackdropPainter(square, { rgb, width, height, left, top })
  expect(painter).toMatchObject({ width, height })
  // The second frame must not depend on the first.
  await painter.paint(MOMENT, out)
  await painter.paint(MOMENT, out)
  return out
}

function pixel(picture: Uint8Array, width: number, x: number, y: number): number[] {
  return [...picture.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

describe('BackdropPainter', () => {
  it('draws the square in its place and leaves the rest of the picture alone', async () => {
    const out = await painted(300, 200, 120, 60)
    const inSquare = (x: number, y: number): number[] => [x - 120, y - 60, 200]
    expect(pixel(out, 300, 126, 66)).toEqual(inSquare(126, 66))
    expect(pixel(out, 300, 213, 153)).toEqual(inSquare(213, 153))
    expect(pixel(out, 300, 180, 100)).toEqual(inSquare(180, 100))
    const changed = (x: number, y: number): boolean => pixel(out, 300, x, y).some((value) => value !== 50)
    const outside = Array.from(
      { length: 300 * 200 },
      (_, i) => [i % 300, Math.floor(i / 300)] as const,
    ).filter(([x, y]) => (x < 120 || x >= 220 || y < 60 || y >= 160) && changed(x, y))
    expect(outside).toEqual([])
  })

  it('fades the square into the picture, steadily, on the sides that lie within it', async () => {
    const out = await painted(300, 200, 120, 60)
    const blue = Array.from({ length: 8 }, (_, x) => pixel(out, 300, 119 + x, 110)[2]!)
    expect(blue[0]).toBe(50)
    expect(blue[7]).toBe(200)
    for (const [i, value] of blue.slice(1).entries()) expect(value).toBeGreaterThanOrEqual(blue[i]!)
    expect(blue[1]).toBeLessThan(60)
  })

  it('does not fade on a side that is the edge of the picture', async () => {
    const out = await painted(100, 200, 0, 50)
    expect(pixel(out, 100, 0, 100)).toEqual([0, 50, 200])
    expect(pixel(out, 100, 99, 100)).toEqual([99, 50, 200])
    expect(pixel(out, 100, 50, 50)[2]).toBeLessThan(60)
  })

  it('shows the part of a larger square that lies within the picture', async () => {
    const out = await painted(40, 30, -25, -35)
    for (let y = 0; y < 30; y++) {
      for (let x = 0; x < 40; x++) expect(pixel(out, 40, x, y)).toEqual([x + 25, y + 35, 200])
    }
  })

  it.each([
    [400, 0],
    [0, 400],
    [-100, 0],
    [0, -100],
  ])('shows the picture alone when the square is beside it, at (%i, %i)', async (left, top) => {
    const out = await painted(60, 50, left, top)
    expect(out.every((value) => value === 50)).toBe(true)
  })
})
