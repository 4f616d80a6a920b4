import { beforeAll, describe, expect, it } from 'vitest'
import { faceBox, surroundingSquare, type Box, type Square } from '../material/face-box.js'
import { ibugLandmarks } from '../material/landmarks-68.js'
import { openBaseFrames, type BaseFrames } from './base-frames.js'
import { blendMask, type BlendMask } from './blend-mask.js'
import { JawMasker, NOSE, SKIN } from './jaw-mask.js'
import { meshClasses } from './mesh-classes.js'
import { CLASSES_SIZE } from './parser-input.js'
import { seesFace } from './sees-face.js'

const SIZE = 512
/** Vertices of the mesh. */
const CHIN = 152
const LIPS = [0, 17, 61, 291]
const NOSE_TIP = 4
const EYES = [33, 133, 362, 263]

let frames: BaseFrames
let box: Box
let square: Square
beforeAll(async () => {
  frames = await openBaseFrames({ kind: 'built-in', size: SIZE })
  const options = { mode: 'realtime', width: SIZE, height: SIZE, bboxShift: 0, extraMargin: 10 } as const
  box = faceBox(ibugLandmarks(frames.landmarks), options)!
  square = surroundingSquare(box)
})

function maskOf(mode: 'realtime' | 'reference'): BlendMask {
  return blendMask(new JawMasker().mask(meshClasses(frames.landmarks, square)), box, square, mode)
}

/** The mask at a pixel of the frame, 0–255. */
function at({ place, values }: BlendMask, x: number, y: number): number {
  const [column, row] = [Math.floor(x) - place.left, Math.floor(y) - place.top]
  const isInside = column >= 0 && column < place.width && row >= 0 && row < place.height
  return isInside ? values[row * place.width + column]! : 0
}

function atVertex(mask: BlendMask, vertex: number): number {
  return at(mask, frames.landmarks[vertex * 3]!, frames.landmarks[vertex * 3 + 1]!)
}

describe('the mask of a face that is known by its mesh', () => {
  it('has the skin of the face, and the nose', () => {
    const classes = meshClasses(frames.landmarks, square)
    const kindAt = (vertex: number): number => {
      const [x, y] = [0, 1].map((axis) => {
        const offset = axis === 0 ? square.left : square.top
        return Math.floor(((frames.landmarks[vertex * 3 + axis]! - offset) * CLASSES_SIZE) / square.side)
      })
      return classes[y! * CLASSES_SIZE + x!]!
    }
    expect([...LIPS, ...EYES].map(kindAt)).toEqual(Array.from({ length: 8 }, () => SKIN))
    expect(kindAt(NOSE_TIP)).toBe(NOSE)
    expect([classes[0], classes.at(-1)]).toEqual([0, 0])
  })

  it('shows the mouth and the chin, and keeps nose and eyes as they are', () => {
    const mask = maskOf('realtime')
    for (const vertex of LIPS) expect(atVertex(mask, vertex)).toBeGreaterThan(250)
    expect(atVertex(mask, CHIN)).toBeGreaterThan(100)
    expect(atVertex(mask, NOSE_TIP)).toBeLessThan(60)
    for (const vertex of EYES) expect(atVertex(mask, vertex)).toBe(0)
  })

  it('has no hard edge: neither inside, nor where its place ends', () => {
    const mask = maskOf('realtime')
    const { left, top, width, height } = mask.place
    let steepest = 0
    for (let y = top - 1; y <= top + height; y++) {
      for (let x = left - 1; x <= left + width; x++) {
        const here = at(mask, x, y)
        steepest = Math.max(
          steepest,
          Math.abs(here - at(mask, x + 1, y)),
          Math.abs(here - at(mask, x, y + 1)),
        )
      }
    }
    expect(steepest).toBeLessThan(40)
  })

  it('is cut off by its box as it was published, in reference', () => {
    const lowest = (mask: BlendMask): number => {
      const row = Array.from({ length: box.right - box.left }, (_, x) =>
        at(mask, box.left + x, box.bottom - 1),
      )
      return Math.max(...row)
    }
    expect(lowest(maskOf('reference'))).toBeGreaterThan(lowest(maskOf('realtime')))
  })

  it('stands in for a parser that does not see the face', () => {
    const meshed = meshClasses(frames.landmarks, square)
    expect(seesFace(meshed, meshed)).toBe(true)
    expect(seesFace(new Uint8Array(meshed.length), meshed)).toBe(false)
    // A hand over the lower half.
    const covered = meshed.map((kind, i) => (i < meshed.length / 2 ? kind : 0))
    expect(seesFace(covered, meshed)).toBe(true)
  })

  it('is empty where there is no jaw', () => {
    const { place, values } = blendMask(new Uint8Array(CLASSES_SIZE ** 2), box, square, 'realtime')
    expect([place.width, place.height, values.length]).toEqual([0, 0, 0])
  })
})
