import { describe, expect, it } from 'vitest'
import { packPicture, unpackRgb } from './blend.js'
import { CoverageMask } from './raster-coverage.js'
import { drawTriangles, type Picture } from './raster.js'

function picture(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number, number, number],
): Picture {
  const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const pixel = Math.floor(i / 4)
    return at(pixel % width, Math.floor(pixel / width))[i % 4]!
  })
  return packPicture(rgba, width, height)
}

function blank(width: number, height: number): Picture {
  return { pixels: new Uint32Array(width * height), width, height }
}

/** A fan of irregular triangles over a rectangle, as positions. */
function fan(width: number, height: number): { positions: Float32Array; triangles: Uint16Array } {
  const left = -0.5
  const right = width - 0.5
  const bottom = height - 0.5
  const positions = Float32Array.of(left, left, width * 0.37, left, right, left, right, height * 0.61, right, bottom, width * 0.43, bottom, left, bottom, left, height * 0.3, width * 0.523, height * 0.471) // prettier-ignore
  const triangles = Uint16Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [k, (k + 1) % 8, 8]))
  return { positions, triangles }
}

describe('drawTriangles', () => {
  it('covers every pixel of a closed mesh exactly once', () => {
    const target = blank(61, 47)
    const { positions, triangles } = fan(61, 47)
    // Half transparent: a pixel drawn twice would be more opaque than one drawn once.
    const texture = picture(4, 4, () => [200, 100, 50, 128])
    const uv = new Float32Array(18).fill(1)
    for (let i = 0; i < target.pixels.length; i++) target.pixels[i] = 0xff000000
    drawTriangles(target, { texture, triangles, uv }, positions)
    expect(new Set(target.pixels).size).toBe(1)
    expect(target.pixels[0]! & 255).toBeGreaterThan(95)
    expect(target.pixels[0]! & 255).toBeLessThan(105)
  })

  it('copies a texture that is not warped', () => {
    const texture = picture(34, 34, (x, y) => [x * 7, y * 7, (x + y) * 3, 255])
    const target = blank(32, 32)
    const { positions, triangles } = fan(32, 32)
    const uv = positions.map((value) => value + 1)
    drawTriangles(target, { texture, triangles, uv }, positions)
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) {
        const got = target.pixels[y * 32 + x]!
        const want = texture.pixels[(y + 1) * 34 + x + 1]!
        for (let c = 0; c < 24; c += 8)
          expect(Math.abs(((got >>> c) & 255) - ((want >>> c) & 255))).toBeLessThanOrEqual(2)
      }
    }
  })

  it('moves colours towards dark and light by the shade of the vertices', () => {
    const texture = picture(4, 4, () => [100, 100, 100, 255])
    const { positions, triangles } = fan(16, 16)
    const uv = new Float32Array(18).fill(1)
    const shadeBy = (shade: number): number => {
      const target = blank(16, 16)
      const colours = { dark: 0x000000, light: 0xffffff }
      drawTriangles(target, { texture, triangles, uv }, positions, new Float32Array(9).fill(shade), colours)
      return target.pixels[8 * 16 + 8]! & 255
    }
    expect(shadeBy(0)).toBe(100)
    expect(shadeBy(-0.5)).toBeCloseTo(50, -0.5)
    expect(shadeBy(0.5)).toBeCloseTo(177, -0.5)
  })

  it('saturates where a faint edge lies over white', () => {
    const target = blank(16, 16)
    target.pixels.fill(0xffffffff)
    const { positions, triangles } = fan(16, 16)
    const texture = { pixels: new Uint32Array(16).fill(0x01010101), width: 4, height: 4 }
    const colours = { dark: 0, light: 0xffffff }
    const uv = new Float32Array(18).fill(1)
    drawTriangles(target, { texture, triangles, uv }, positions, new Float32Array(9).fill(0.3), colours)
    expect(new Set(target.pixels)).toEqual(new Set([0xffffffff]))
  })

  it('leaves pixels outside of the target alone and never reads outside of the texture', () => {
    const texture = picture(8, 8, () => [255, 255, 255, 255])
    const target = blank(10, 10)
    const positions = Float32Array.of(-50, -40, 60, -30, 5, 90)
    const uv = Float32Array.of(0.01, 0.01, 6.99, 0.01, 3, 6.99)
    drawTriangles(target, { texture, triangles: Uint16Array.of(0, 1, 2), uv }, positions)
    expect(new Set(target.pixels)).toEqual(new Set([0xffffffff]))
  })
})

describe('packing', () => {
  it('premultiplies on the way in and gives colours on the way out', () => {
    const packed = packPicture(Uint8Array.of(200, 100, 50, 128, 10, 20, 30, 255), 2, 1)
    expect(packed.pixels[0]).toBe(((128 << 24) | (25 << 16) | (50 << 8) | 100) >>> 0)
    const rgb = new Uint8Array(6)
    unpackRgb(packed, rgb)
    expect([...rgb]).toEqual([100, 50, 25, 10, 20, 30])
  })
})

describe('CoverageMask', () => {
  it('measures the area of a polygon', () => {
    const mask = new CoverageMask(4096)
    const polygon = Float32Array.of(10.3, 8.2, 40.9, 12.1, 35.2, 33.7, 12.8, 30.4)
    mask.fill(polygon, 4, 64, 64, 1)
    let area = 0
    for (let i = 0; i < 4; i++) {
      const j = (i + 1) % 4
      area += (polygon[i * 2]! * polygon[j * 2 + 1]! - polygon[j * 2]! * polygon[i * 2 + 1]!) / 2
    }
    const sum = mask.values.subarray(0, mask.width * mask.height).reduce((a, b) => a + b, 0)
    expect(sum).toBeCloseTo(area, 0)
  })

  it('is cut to the picture and to its capacity', () => {
    const mask = new CoverageMask(100)
    mask.fill(Float32Array.of(-20, -20, 90, -20, 90, 90, -20, 90), 4, 50, 50, 2)
    expect([mask.x, mask.y]).toEqual([0, 0])
    expect(mask.width * mask.height).toBeLessThanOrEqual(100)
    expect(mask.values[0]).toBeCloseTo(1)
  })
})
