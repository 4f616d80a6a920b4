import { describe, expect, it } from 'vitest'
import { FaceTrack } from './face-track.js'

const at = (value: number): Float32Array => Float32Array.of(value, 10 * value, 0)

function track(seen: readonly (number | undefined)[]): FaceTrack {
  const made = new FaceTrack({ fps: 10, name: 'clip.mp4' })
  for (const value of seen) made.add(value === undefined ? undefined : at(value))
  return made
}

const _ = undefined

describe('FaceTrack', () => {
  it('bridges a short gap by straight lines', () => {
    const { frames } = track([1, _, _, _, _, _, 7]).finish()
    expect(frames.map(([x]) => x)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(frames[3]).toEqual(at(4))
  })

  it('leaves out what comes before the first face and after the last', () => {
    const whole = new FaceTrack({ fps: 10, name: 'clip.mp4' })
    expect([_, _, 1, _, 3, _].map((value) => whole.add(value === undefined ? undefined : at(value)))).toEqual(
      [false, false, true, true, true, true],
    )
    expect(whole.finish()).toEqual({ frames: [at(1), at(2), at(3)], leftOutAtStart: 2, leftOutAtEnd: 1 })
  })

  it('refuses a long gap in the middle, with its seconds', () => {
    expect(() => track([_, _, 1, 2, _, _, _, _, _, _, 3])).toThrow(
      'No face is seen in clip.mp4 from 0.4 s to 1.0 s; at most 0.5 s can be bridged. ' +
        'Use a part of the video in which the face can always be seen.',
    )
    expect(track([1, 2, _, _, _, _, _, _, _, _]).finish()).toMatchObject({ leftOutAtEnd: 8 })
  })

  it('may be empty', () => {
    expect(track([_, _]).finish()).toEqual({ frames: [], leftOutAtStart: 2, leftOutAtEnd: 0 })
  })
})
