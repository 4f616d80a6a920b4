import { describe, expect, it } from 'vitest'
import { orientationOf, shownSize, UPRIGHT } from './video-orientation.js'

const LIMITS = { maxLongSide: 1920, maxShortSide: 1080 }

/** A matrix that turns clockwise by `degrees`. */
function turn(degrees: number): Uint8Array {
  const angle = (degrees * Math.PI) / 180
  const cos = Math.round(Math.cos(angle) * 65536)
  const sin = Math.round(Math.sin(angle) * 65536)
  return new Uint8Array(new Int32Array([cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30]).buffer)
}

describe('orientationOf', () => {
  it('knows the quarter turns', () => {
    expect(orientationOf(turn(0))).toEqual(UPRIGHT)
    // Clockwise by 90°: the left column, read upwards, becomes the top row.
    expect(orientationOf(turn(90))).toEqual({ transpose: true, flipX: true, flipY: false })
    expect(orientationOf(turn(180))).toEqual({ transpose: false, flipX: true, flipY: true })
    expect(orientationOf(turn(270))).toEqual({ transpose: true, flipX: false, flipY: true })
  })

  it('takes the nearest quarter turn of any other', () => {
    expect(orientationOf(turn(80))).toEqual(orientationOf(turn(90)))
    expect(orientationOf(turn(-30))).toEqual(UPRIGHT)
  })

  it('takes no matrix, or a cut one, as upright', () => {
    expect(orientationOf(null)).toBe(UPRIGHT)
    expect(orientationOf(turn(90).subarray(0, 20))).toBe(UPRIGHT)
  })
})

describe('shownSize', () => {
  const shown = (width: number, height: number, aspect = 1): number[] => {
    const size = shownSize({ width, height }, aspect, LIMITS)
    return [size.width, size.height]
  }

  it('keeps what fits, with even sides', () => {
    expect(shown(1280, 720)).toEqual([1280, 720])
    expect(shown(1080, 1920)).toEqual([1080, 1920])
    expect(shown(641, 359)).toEqual([640, 358])
    expect(shown(1, 1)).toEqual([2, 2])
  })

  it('scales down to fit, lying or upright, and keeps the aspect', () => {
    expect(shown(3840, 2160)).toEqual([1920, 1080])
    expect(shown(2160, 3840)).toEqual([1080, 1920])
    expect(shown(4096, 2160)).toEqual([1920, 1012])
    expect(shown(3000, 3000)).toEqual([1080, 1080])
  })

  it('makes pixels square, unless they are impossibly long', () => {
    expect(shown(1440, 1080, 4 / 3)).toEqual([1920, 1080])
    expect(shown(720, 576, 16 / 15)).toEqual([768, 576])
    expect(shown(640, 480, 100)).toEqual([640, 480])
    expect(shown(640, 480, 0)).toEqual([640, 480])
    expect(shown(640, 480, Number.NaN)).toEqual([640, 480])
  })
})
