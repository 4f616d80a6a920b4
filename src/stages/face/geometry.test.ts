import { describe, expect, it } from 'vitest'
import { DETECTOR } from './contract.js'
import { decodeDetections, detectorAnchors, strongestDetections, type Detection } from './detections.js'
import { averageFace } from './fixtures/average-face.js'
import { separateFaces } from './found-face.js'
import { faceWidth, placeLandmarks } from './landmarks.js'
import { regionOfLandmarks } from './region.js'

describe('what the detector gives', () => {
  const anchors = detectorAnchors()
  const count = anchors.length / 2

  it('belongs to 896 places', () => {
    expect(count).toBe(896)
    expect([...anchors.subarray(0, 6)].map((value) => value * 32)).toEqual([1, 1, 1, 1, 3, 1])
    expect([...anchors.subarray(512 * 2, 512 * 2 + 2)].map((value) => value * 16)).toEqual([1, 1])
    expect([...anchors.subarray(-2)].map((value) => value * 16)).toEqual([15, 15])
  })

  it('is placed where its region is, turned as its region is', () => {
    const boxes = new Float32Array(count * DETECTOR.boxLength)
    const scores = new Float32Array(count).fill(-5)
    const index = 300
    scores[index] = 2
    const [x, y] = [anchors[2 * index]! * 128, anchors[2 * index + 1]! * 128]
    // The middle of the input, 32 × 40 pixels, with level eyes 10 pixels to either side.
    boxes.set([64 - x, 64 - y, 32, 40, 54 - x, 60 - y, 74 - x, 60 - y], index * DETECTOR.boxLength)
    const region = { centreX: 1000, centreY: 500, size: 256, angle: 0.5 }
    const [found, ...more] = decodeDetections(boxes, scores, anchors, region)
    expect(more).toEqual([])
    expect(found!.centreX).toBeCloseTo(1000, 3)
    expect(found!.centreY).toBeCloseTo(500, 3)
    expect(found!.size).toBeCloseTo(80, 3)
    expect(found!.angle).toBeCloseTo(0.5, 5)
    expect(found!.score).toBeCloseTo(0.8808, 4)
    // A quarter of the input to the right of the middle is so along the region's own x axis.
    boxes[index * DETECTOR.boxLength]! += 32
    const [moved] = decodeDetections(boxes, scores, anchors, region)
    expect(moved!.centreX).toBeCloseTo(1000 + 64 * Math.cos(0.5), 3)
    expect(moved!.centreY).toBeCloseTo(500 + 64 * Math.sin(0.5), 3)
  })

  it('is counted once for each face, by the surest', () => {
    const at = (centreX: number, score: number, size = 100): Detection => {
      return { centreX, centreY: 50, size, score, angle: 0 }
    }
    const detections = [at(0, 0.6), at(20, 0.9), at(300, 0.7), at(90, 0.8), at(310, 0.65, 110)]
    expect(strongestDetections(detections).map(({ centreX }) => centreX)).toEqual([20, 90, 300])
  })
})

describe('landmarks', () => {
  it('give the region that is upright with the eyes, half as large again as the face', () => {
    const upright = regionOfLandmarks(averageFace({ centre: [300, 200] }).landmarks)
    const tilted = regionOfLandmarks(averageFace({ centre: [300, 200], roll: 130 }).landmarks)
    const { box } = averageFace()
    expect(upright.size).toBeCloseTo(1.5 * Math.max(box.width, box.height), 3)
    expect(upright.angle).toBeCloseTo(0, 5)
    expect(upright.centreX).toBeCloseTo(300, 2)
    expect(tilted.size).toBeCloseTo(upright.size, 2)
    expect(tilted.angle).toBeCloseTo((130 * Math.PI) / 180, 4)
  })

  it('are placed where their region is, z on the scale of x', () => {
    const points = new Float32Array(468 * 3)
    points.set([96, 96, 0, 192, 96, 48])
    const placed = placeLandmarks(points, { centreX: 10, centreY: 20, size: 96, angle: Math.PI / 2 })
    expect([...placed.subarray(0, 3)]).toEqual([10, 20, 0])
    expect(placed[3]).toBeCloseTo(10, 4)
    expect(placed[4]).toBeCloseTo(68, 4)
    expect(placed[5]).toBeCloseTo(24, 4)
  })

  it('give the same width however the head is turned', () => {
    expect(faceWidth(averageFace({ width: 120 }).landmarks)).toBeCloseTo(120, 3)
    expect(faceWidth(averageFace({ width: 120, yaw: 50, pitch: 20 }).landmarks)).toBeCloseTo(120, 3)
  })
})

it('takes faces that lie on one another for one, and neighbours for two', () => {
  const face = averageFace({ width: 150 })
  const within = averageFace({ width: 90, centre: [260, 240] })
  const beside = averageFace({ width: 100, centre: [360, 250] })
  expect(separateFaces([within, beside, face])).toEqual([face, beside])
})
