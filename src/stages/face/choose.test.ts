import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import { chooseFace } from './choose.js'
import { averageFace, type Placement } from './fixtures/average-face.js'

const picture = { width: 500, height: 600 }

const refusal = (...placements: Placement[]): string => {
  try {
    chooseFace(placements.map(averageFace), 'holiday.jpg', picture)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return (error as Error).message
  }
  return 'none'
}

describe('the face that is chosen', () => {
  it('is the first, with its pose and the number of others', () => {
    const faces = [
      averageFace({ yaw: -12, width: 200 }),
      averageFace({ width: 40 }),
      averageFace({ yaw: 80 }),
    ]
    const { face, others, pose } = chooseFace(faces, 'holiday.jpg', picture)
    expect(face).toBe(faces[0])
    expect(others).toBe(2)
    expect(pose.yaw).toBeCloseTo((-12 * Math.PI) / 180, 3)
  })

  it('may be turned, nod, be tilted and lack some forehead', () => {
    expect(refusal({ yaw: 38 })).toBe('none')
    expect(refusal({ yaw: -38, pitch: 15, roll: 30 })).toBe('none')
    expect(refusal({ width: 65 })).toBe('none')
    expect(refusal({ centre: [250, 60] })).toBe('none')
  })
})

describe('a face that cannot be used', () => {
  it('is not there', () => {
    expect(refusal()).toBe(
      'No face was found in holiday.jpg (500 × 600 pixels). A picture is expected that shows a face from the front, ' +
        'at least 64 pixels wide and well lit.',
    )
  })

  it('is too small', () => {
    expect(refusal({ width: 48 })).toBe(
      'The face in holiday.jpg is 48 pixels wide, from cheek to cheek; at least 64 are needed. Use a picture of ' +
        'higher resolution, or one taken from nearer.',
    )
    expect(refusal({ width: 48 }, { width: 30 })).toMatch(
      /^The largest of 2 faces in holiday\.jpg is 48 pixels wide/,
    )
  })

  it('is turned too far', () => {
    expect(refusal({ yaw: 47 })).toBe(
      'The face in holiday.jpg is turned 47° to the right of the picture or more; up to 40° works. Use a picture in ' +
        'which both eyes and cheeks are seen.',
    )
    expect(refusal({ yaw: -70 })).toContain('is turned 70° to the left of the picture or more;')
    expect(refusal({ pitch: 42 })).toBe(
      'The face in holiday.jpg looks 42° down; up to 35° works. Use a picture taken from the height of the face.',
    )
    expect(refusal({ pitch: -42 })).toContain('looks 42° up;')
  })

  it('lies on its side', () => {
    expect(refusal({ roll: 90 })).toBe(
      'The face in holiday.jpg is tilted by 90° clockwise; up to 60° works. Turn the picture upright.',
    )
    expect(refusal({ roll: -175, yaw: 50 })).toContain('is tilted by 175° anticlockwise;')
  })

  it.each([
    ['left', [40, 250]],
    ['right', [470, 250]],
    ['upper', [250, 30]],
    ['lower', [250, 540]],
  ] as const)('is cut off by the %s edge', (edge, centre) => {
    expect(refusal({ centre })).toBe(
      `The face in holiday.jpg is cut off by the ${edge} edge of the picture; the whole face from forehead to chin ` +
        'must be in it.',
    )
  })
})
