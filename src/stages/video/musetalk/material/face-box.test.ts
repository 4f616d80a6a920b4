import { describe, expect, it } from 'vitest'
import { faceBox, surroundingSquare, type FaceBoxOptions } from './face-box.js'
import { IBUG_COUNT, IBUG_NOSE_BRIDGE } from './landmarks-68.js'

const options: FaceBoxOptions = { mode: 'reference', width: 640, height: 480, bboxShift: 0, extraMargin: 10 }

/** Points of a face in a rectangle, with the bridge of the nose at a height. */
function face(left: number, right: number, chin: number, bridge: number): Float64Array {
  const points = new Float64Array(IBUG_COUNT * 2)
  for (let i = 0; i < IBUG_COUNT; i++) points.set([(left + right) / 2, bridge], i * 2)
  points.set([left, bridge], 0)
  points.set([right, bridge], 16 * 2)
  points.set([(left + right) / 2, chin], 8 * 2)
  points[IBUG_NOSE_BRIDGE * 2 + 1] = bridge
  return points
}

describe('faceBox', () => {
  it('reaches as far above the bridge of the nose as the chin is below, and a margin below the chin', () => {
    expect(faceBox(face(100, 300, 350, 200), options)).toEqual({
      left: 100,
      top: 50,
      right: 300,
      bottom: 360,
    })
  })

  it('cuts landmarks to whole pixels as published, and rounds the box in realtime', () => {
    const points = face(100.6, 300.6, 350.9, 200.4)
    expect(faceBox(points, options)).toEqual({ left: 100, top: 50, right: 300, bottom: 360 })
    expect(faceBox(points, { ...options, mode: 'realtime', extraMargin: 0 })).toEqual({
      left: 101,
      top: 50,
      right: 301,
      bottom: 351,
    })
  })

  it('moves the middle down in realtime alone: the published version ignores it', () => {
    const points = face(100, 300, 350, 200)
    expect(faceBox(points, { ...options, bboxShift: 20 })?.top).toBe(50)
    expect(faceBox(points, { ...options, mode: 'realtime', bboxShift: 20 })?.top).toBe(90)
  })

  it('takes a margin that grows with the face in realtime, in pixels of a face of 256', () => {
    const realtime = { ...options, mode: 'realtime' } as const
    expect(faceBox(face(100, 300, 328, 200), realtime)?.bottom).toBe(338)
    expect(faceBox(face(100, 200, 164, 100), realtime)?.bottom).toBe(169)
  })

  it('stays inside the frame', () => {
    expect(faceBox(face(-20, 700, 478, 200), options)).toEqual({ left: 0, top: 0, right: 640, bottom: 480 })
  })

  it('is none when hardly anything of the face is in the frame', () => {
    expect(faceBox(face(-300, 5, 350, 200), options)).toBeUndefined()
    expect(faceBox(face(100, 300, 900, 600), options)).toBeUndefined()
  })
})

describe('surroundingSquare', () => {
  it('is one and a half times the longer side, around the middle', () => {
    expect(surroundingSquare({ left: 100, top: 50, right: 300, bottom: 360 })).toEqual({
      left: -32,
      top: -27,
      side: 464,
    })
  })

  it('rounds as Python does, also left of the frame', () => {
    const { left, top, side } = surroundingSquare({ left: 0, top: 0, right: 9, bottom: 11 })
    expect([left, top, side]).toEqual([-3, -2, 14])
  })
})
