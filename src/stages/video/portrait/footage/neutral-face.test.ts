import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { PORTRAIT_FOLDER } from '../avatar.js'
import { headVertices, parseCanonicalFace, type CanonicalFace } from '../canonical.js'
import { setRotation } from '../pose.js'
import { LOWER_LIP, LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import { Anchoring } from './anchoring.js'
import { faceRegion } from './face-region.js'
import { HeadFits } from './head-fits.js'
import { calmFrames, neutralFace, openFrame } from './neutral-face.js'

let face: CanonicalFace

beforeAll(async () => {
  face = parseCanonicalFace(
    JSON.parse(await readFile(new URL('canonical-face.json', PORTRAIT_FOLDER), 'utf8')) as unknown,
  )
})

const COUNT = 30
const openings = Array.from({ length: COUNT }, (_, k) => (k % 5 === 2 ? 0 : 0.4 + 0.03 * k))

/** The canonical face seen in many places, sizes and turns, with lower lips that hang by `openings`. */
function filmed(): Float32Array {
  const turn = new Float64Array(9)
  const out = new Float32Array(COUNT * 1404)
  for (let frame = 0; frame < COUNT; frame++) {
    const points = headVertices(face)
    for (const vertex of new Set(LOWER_LIP.flatMap((ring) => ring.slice(1, -1)))) {
      points[vertex * 3 + 1]! += openings[frame]!
    }
    setRotation(turn, 0.1 * Math.sin(frame), 0.3 * Math.sin(0.3 * frame), 0.2 * Math.cos(frame))
    const scale = 20 + 4 * Math.sin(0.5 * frame)
    for (let i = 0; i < 1404; i += 3) {
      for (let axis = 0; axis < 3; axis++) {
        let sum = 0
        for (let c = 0; c < 3; c++) sum += turn[axis * 3 + c]! * points[i + c]!
        out[frame * 1404 + i + axis] = scale * sum + [400 + 3 * frame, 300, 0][axis]!
      }
    }
  }
  return out
}

describe('the neutral face', () => {
  it('is that of the calm frames, wherever the head was', () => {
    const landmarks = filmed()
    const fits = new HeadFits(face, landmarks, faceRegion(face).skull)
    const expected = headVertices(face)
    const found = neutralFace(landmarks, fits)
    const errors = found.map((value, i) => Math.abs(value - expected[i]!))
    expect(Math.max(...errors)).toBeLessThan(1e-3)
    expect(fits.of(3).scale).toBeCloseTo(20 + 4 * Math.sin(1.5), 3)
  })

  it('does not notice one calm frame in which the tracker slipped', () => {
    const landmarks = filmed()
    const slipped = calmFrames(landmarks)[2]!
    for (const vertex of [...UPPER_SEAM, ...LOWER_SEAM]) landmarks[slipped * 1404 + vertex * 3]! += 25
    const found = neutralFace(landmarks, new HeadFits(face, landmarks, faceRegion(face).skull))
    const expected = headVertices(face)
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-3)
  })

  it('knows the calm frames and one that talks', () => {
    const landmarks = filmed()
    expect(calmFrames(landmarks)).toEqual([2, 7, 12, 17, 22, 27])
    expect(openings[openFrame(landmarks)]).toBeGreaterThan(1)
    expect(calmFrames(landmarks.subarray(0, 1404))).toEqual([0])
    expect(openFrame(landmarks.subarray(0, 1404))).toBe(0)
  })
})

describe('the anchoring of the speaking region', () => {
  it('carries an error that all anchors share through the whole region, and keeps the seams together', () => {
    const region = faceRegion(face)
    const anchoring = new Anchoring(face, region)
    const errors = new Float64Array(anchoring.anchors.length * 2).map((_, i) => (i % 2 === 0 ? 3 : -2))
    const out = new Float64Array(region.spoken.length * 2)
    anchoring.spread(errors, out)
    out.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 2 === 0 ? 3 : -2, 4)
    })
    anchoring.spread(errors.map((_, i) => Math.sin(i)), out) // prettier-ignore
    UPPER_SEAM.forEach((upper, k) => {
      const [a, b] = [region.spoken.indexOf(upper), region.spoken.indexOf(LOWER_SEAM[k]!)]
      expect(out[a * 2]).toBeCloseTo(out[b * 2]!, 6)
      expect(out[a * 2 + 1]).toBeCloseTo(out[b * 2 + 1]!, 6)
    })
  })
})
