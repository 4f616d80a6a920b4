import { describe, expect, it } from 'vitest'
import type { RgbPicture } from '../../media/rgb-picture.js'
import { cropInto, type CropFormat } from './crop.js'
import { mirrored, texture } from './fixtures/pictures.js'
import { PicturePyramid } from './pyramid.js'
import type { Region } from './region.js'

const bytes: Omit<CropFormat, 'side'> = { black: 0, white: 255, outside: 'black' }

function crop(picture: RgbPicture, region: Region, format: CropFormat): Float32Array {
  const pyramid = new PicturePyramid()
  pyramid.load(picture)
  const out = new Float32Array(3 * format.side ** 2).fill(NaN)
  cropInto(pyramid, region, format, out)
  return out
}

/** The bytes of a square picture, one colour after another. */
function planes({ rgb }: RgbPicture): number[] {
  return [0, 1, 2].flatMap((channel) => [...rgb.filter((_, i) => i % 3 === channel)])
}

const whole = (side: number, angle = 0): Region => ({
  centreX: side / 2,
  centreY: side / 2,
  size: side,
  angle,
})

function expectClose(given: Float32Array, wanted: readonly number[], within: number): void {
  expect(given).toHaveLength(wanted.length)
  const most = given.reduce((worst, value, i) => Math.max(worst, Math.abs(value - wanted[i]!)), 0)
  expect(most).toBeLessThan(within)
}

describe('a crop', () => {
  const picture = texture(32)

  it('of the whole picture at its size is the picture', () => {
    expectClose(crop(picture, whole(32), { ...bytes, side: 32 }), planes(picture), 1e-3)
  })

  it('is turned with its region', () => {
    const { rgb, width } = mirrored(picture)
    // Upside down: the mirrored picture with its rows in reverse.
    const rows = Array.from({ length: width }, (_, y) => [
      ...rgb.subarray(y * width * 3, (y + 1) * width * 3),
    ])
    const upsideDown = { ...picture, rgb: Uint8Array.from(rows.reverse().flat()) }
    expectClose(crop(picture, whole(32, Math.PI), { ...bytes, side: 32 }), planes(upsideDown), 1e-3)
  })

  it('has the numbers that the network wants', () => {
    const bright = { rgb: new Uint8Array(3 * 16).fill(255), width: 4, height: 4 }
    const given = crop(bright, whole(8), { side: 8, black: -1, white: 1, outside: 'black' })
    // The region's corner is at the picture's; half of each side is beyond it.
    expect([...given.subarray(0, 8)]).toEqual([1, 1, 1, 1, -1, -1, -1, -1])
    expect([...given.subarray(4 * 8, 5 * 8)]).toEqual(new Array(8).fill(-1))
  })

  it('goes on with the edge where black is not wanted', () => {
    const ramp = {
      rgb: Uint8Array.from({ length: 3 * 4 }, (_, i) => 60 * Math.floor(i / 3)),
      width: 4,
      height: 1,
    }
    const region = { centreX: 2, centreY: 0.5, size: 8, angle: 0 }
    const given = crop(ramp, region, { ...bytes, side: 8, outside: 'edge' })
    for (let row = 0; row < 8; row++) {
      expect([...given.subarray(row * 8, row * 8 + 8)]).toEqual([0, 0, 0, 60, 120, 180, 180, 180])
    }
  })

  it('leaves no pixel out when it is scaled down', () => {
    // From half the size on, stripes of one pixel become an even grey.
    const stripes = {
      rgb: Uint8Array.from({ length: 3 * 256 * 256 }, (_, i) => (Math.floor(i / 3) % 2) * 200),
      width: 256,
      height: 256,
    }
    for (const size of [64, 100, 128, 200, 250]) {
      const region = { centreX: 128, centreY: 128, size, angle: 0 }
      const given = crop(stripes, region, { ...bytes, side: 32 })
      expectClose(given, new Array<number>(given.length).fill(100), 2)
    }
  })
})

describe('a pyramid', () => {
  it('serves pictures of many sizes one after another', () => {
    const pyramid = new PicturePyramid()
    for (const [width, height] of [
      [64, 64],
      [9, 5],
      [65, 33],
      [1, 40],
      [1, 1],
    ] as const) {
      pyramid.load({ rgb: new Uint8Array(width * height * 3).fill(width), width, height })
      const level = pyramid.levelFor(8)
      expect(level.rgb.subarray(0, level.width * level.height * 3).every((value) => value === width)).toBe(
        true,
      )
      expect([level.width, level.height]).toEqual([
        Math.max(1, Math.floor(width / level.factor)),
        Math.max(1, Math.floor(height / level.factor)),
      ])
    }
  })
})
