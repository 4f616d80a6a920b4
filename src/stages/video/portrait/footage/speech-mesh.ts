import { holeTriangles, skinTriangles, type CanonicalFace } from '../canonical.js'
import { FACE_VERTEX_COUNT, LIP_VERTICES, LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import type { FaceRegion } from './face-region.js'
import { surround, type Surround } from './surround.js'

/** What is drawn of a speaking face, in the order of drawing. Vertices: the 468 of the face, then its surround. */
export interface SpeechMesh {
  readonly surround: Surround
  readonly vertexCount: number
  /** The gap between the lips. */
  readonly gap: Uint16Array
  readonly skin: Uint16Array
  readonly lips: Uint16Array
  /** The vertices of all these triangles. */
  readonly vertices: Uint16Array
}

export function speechMesh(face: CanonicalFace, region: FaceRegion): SpeechMesh {
  const seams = new Set<number>([...UPPER_SEAM, ...LOWER_SEAM])
  const lips = new Set(LIP_VERTICES)
  const moves = (vertex: number): boolean => region.isSpoken[vertex] === 1 || region.share[vertex]! > 0
  const around = surround(face, region)
  const gap = select(holeTriangles(face), (corners) => corners.every((vertex) => seams.has(vertex)))
  const skin = select(
    skinTriangles(face),
    (corners) => corners.some(moves) && !corners.every((vertex) => lips.has(vertex)),
  )
  const lipSkin = select(skinTriangles(face), (corners) => corners.every((vertex) => lips.has(vertex)))
  return {
    surround: around,
    vertexCount: FACE_VERTEX_COUNT + around.follows.length,
    gap,
    skin,
    lips: lipSkin,
    vertices: Uint16Array.from(new Set([...around.triangles, ...gap, ...skin, ...lipSkin])),
  }
}

function select(triangles: Uint16Array, keep: (corners: Uint16Array) => boolean): Uint16Array {
  const kept: number[] = []
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = triangles.subarray(t, t + 3)
    if (keep(corners)) kept.push(...corners)
  }
  return Uint16Array.from(kept)
}
