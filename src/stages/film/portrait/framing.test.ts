import { describe, expect, it } from 'vitest'
import type { FaceBox } from '../../face/found-face.js'
import { CHIN_TIP, FOREHEAD_TOP } from '../../video/portrait/topology.js'
import { cropAround, frameFilm, type PicturedFace } from './framing.js'

function box(left: number, top: number, right: number, bottom: number): FaceBox {
  return { left, top, width: right - left, height: bottom - top }
}

/** A face whose landmarks say no more than where forehead, chin and cheeks are. */
function faceIn(width: number, height: number, face: FaceBox): PicturedFace {
  const landmarks = new Float32Array(468 * 3)
  const put = (vertex: number, x: number, y: number): void => {
    landmarks.set([x, y, 0], vertex * 3)
  }
  const middle = face.left + face.width / 2
  put(FOREHEAD_TOP, middle, face.top)
  put(CHIN_TIP, middle, face.top + face.height)
  put(234, face.left, face.top + face.height / 2)
  put(454, face.left + face.width, face.top + face.height / 2)
  return { width, height, box: face, landmarks }
}

const WHOLE = { crop: false, expandRatio: 0.5, minResolution: 256 }

describe('cropAround', () => {
  // What DICE-Talk's own code gives for these boxes.
  it.each([
    [512, 512, box(180, 120, 340, 330), box(100, 65, 420, 385)],
    [1536, 1024, box(600, 200, 900, 600), box(450, 100, 1050, 700)],
    [600, 800, box(10, 30, 210, 300), box(0, 10, 310, 320)],
  ])('cuts a picture of %i × %i as DICE-Talk does', (width, height, face, expected) => {
    expect(cropAround({ width, height, box: face }, 0.5)).toEqual(expected)
  })

  it('keeps more around the face the larger the ratio, and never leaves the picture', () => {
    const face = { width: 700, height: 500, box: box(301.3, 90.8, 400.6, 220.1) }
    const sides = [0.1, 0.5, 1, 2].map((ratio) => {
      const { left, top, width, height } = cropAround(face, ratio)
      expect(height).toBe(width)
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0)
      expect(left + width).toBeLessThanOrEqual(700)
      expect(top + height).toBeLessThanOrEqual(500)
      return width
    })
    expect(sides).toEqual([119, 199, 298, 479])
  })
})

describe('frameFilm', () => {
  it.each([
    [1920, 1080, 456, 256],
    [1080, 1920, 256, 456],
    [700, 700, 256, 256],
    [333, 200, 426, 256],
  ])('shows the whole of a picture of %i × %i at %i × %i', (width, height, filmWidth, filmHeight) => {
    const face = faceIn(width, height, box(width / 2 - 40, height / 2 - 50, width / 2 + 40, height / 2 + 50))
    expect(frameFilm(face, WHOLE)).toMatchObject({
      shown: { left: 0, top: 0, width, height },
      width: filmWidth,
      height: filmHeight,
    })
  })

  it('puts the moving square where the head is in the film', () => {
    const face = faceIn(1000, 800, box(500, 200, 580, 300))
    const { square, size, left, top } = frameFilm(face, { ...WHOLE, minResolution: 400 })
    expect(square).toEqual({ left: 423, top: 144, side: 235 })
    expect({ size, left, top }).toEqual({ size: 118, left: 211, top: 72 })
  })

  it('lets the head move as a whole in a close crop: the square reaches beyond the film', () => {
    const face = faceIn(1000, 800, box(500, 200, 580, 300))
    const film = frameFilm(face, { crop: true, expandRatio: 0.1, minResolution: 300 })
    expect(film).toMatchObject({ width: 300, height: 300 })
    expect(film.size).toBeGreaterThan(600)
    expect(film.left).toBeLessThan(0)
    expect(film.left + film.size).toBeGreaterThan(300)
  })

  it('draws no square above 2048 pixels: then it ends where the film does', () => {
    const face = faceIn(1000, 800, box(500, 200, 580, 300))
    const film = frameFilm(face, { crop: true, expandRatio: 0.1, minResolution: 2048 })
    expect(film).toMatchObject({ width: 2048, height: 2048, size: 2048, left: 0, top: 0 })
  })

  it('makes odd sizes even', () => {
    const { width, height } = frameFilm(faceIn(640, 480, box(280, 180, 360, 280)), {
      ...WHOLE,
      minResolution: 301,
    })
    expect([width, height]).toEqual([402, 302])
  })

  it('keeps the shape of a panorama and ends its longer side at 4096 pixels', () => {
    const face = faceIn(4000, 400, box(1900, 150, 1980, 250))
    expect(frameFilm(face, { ...WHOLE, minResolution: 2048 })).toMatchObject({ width: 4096, height: 410 })
  })
})
