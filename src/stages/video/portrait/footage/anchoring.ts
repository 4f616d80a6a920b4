import { HarmonicField } from '../../../../dsp/mesh-harmonic.js'
import { skinTriangles, type CanonicalFace } from '../canonical.js'
import { FACE_VERTEX_COUNT, LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import type { FaceRegion } from './face-region.js'

/**
 * Joins the speaking region to the rest of the face. A head never fits its landmarks exactly; the errors of the
 * vertices around the region are spread into it harmonically, so that there is no step at its edge and the mouth
 * stays where the nose and the cheeks of this frame put it.
 */
export class Anchoring {
  /** The vertices around the region whose errors are spread. */
  readonly anchors: Uint16Array
  /** For each spoken vertex one row of shares of the anchors' errors. */
  readonly #shares: Float32Array

  constructor(face: CanonicalFace, { spoken, isSpoken }: FaceRegion) {
    this.anchors = bordering(skinTriangles(face), isSpoken)
    const width = this.anchors.length
    const still = Array.from({ length: FACE_VERTEX_COUNT }, (_, i) => i).filter((i) => isSpoken[i] === 0)
    const field = new HarmonicField(face.vertices, face.triangles, still)
    this.#shares = new Float32Array(spoken.length * width)
    this.anchors.forEach((anchor, column) => {
      const values = new Float64Array(FACE_VERTEX_COUNT)
      values[anchor] = 1
      field.solve(values)
      // The lips' seams take the same share: closed lips stay closed.
      UPPER_SEAM.forEach((upper, k) => {
        const lower = LOWER_SEAM[k]!
        values[upper] = values[lower] = (values[upper]! + values[lower]!) / 2
      })
      spoken.forEach((vertex, row) => (this.#shares[row * width + column] = values[vertex]!))
    })
  }

  /**
   * @param errors x, y for each of `anchors`.
   * @param out Receives x, y for each spoken vertex.
   */
  spread(errors: Float64Array, out: Float64Array): void {
    const width = this.anchors.length
    for (let row = 0; row < out.length / 2; row++) {
      let x = 0
      let y = 0
      for (let column = 0; column < width; column++) {
        const share = this.#shares[row * width + column]!
        x += share * errors[column * 2]!
        y += share * errors[column * 2 + 1]!
      }
      out[row * 2] = x
      out[row * 2 + 1] = y
    }
  }
}

/** Vertices outside of the region that share a triangle with one inside. */
function bordering(triangles: Uint16Array, isSpoken: Uint8Array): Uint16Array {
  const found = new Set<number>()
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = triangles.subarray(t, t + 3)
    if (!corners.some((vertex) => isSpoken[vertex] === 1)) continue
    for (const vertex of corners) if (isSpoken[vertex] === 0) found.add(vertex)
  }
  return Uint16Array.from(found).sort()
}
