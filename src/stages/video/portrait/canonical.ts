import { ModelLoadError } from '../../../errors.js'
import { EYES, FACE_VERTEX_COUNT, LOWER_SEAM, UPPER_SEAM } from './topology.js'

/** The average face on which blendshapes are authored: x to the face's left, y up, z out of the face, centimetres. */
export interface CanonicalFace {
  /** 468 × (x, y, z). */
  readonly vertices: Float64Array
  /** 898 vertex index triples, holes of eyes and mouth included. */
  readonly triangles: Uint16Array
}

/**
 * Checks and converts the contents of `canonical-face.json`.
 *
 * @throws ModelLoadError when the file does not hold 468 vertices and triangles among them.
 */
export function parseCanonicalFace(json: unknown): CanonicalFace {
  const { vertices, triangles } = (json ?? {}) as { vertices?: unknown; triangles?: unknown }
  if (!isNumbers(vertices) || vertices.length !== FACE_VERTEX_COUNT * 3) {
    throw new ModelLoadError(`canonical-face.json: vertices must be ${String(FACE_VERTEX_COUNT * 3)} numbers`)
  }
  if (
    !isNumbers(triangles) ||
    triangles.some((v) => !Number.isInteger(v) || v < 0 || v >= FACE_VERTEX_COUNT)
  ) {
    throw new ModelLoadError(
      `canonical-face.json: triangles must be vertex indices below ${String(FACE_VERTEX_COUNT)}`,
    )
  }
  return { vertices: Float64Array.from(vertices), triangles: Uint16Array.from(triangles) }
}

/**
 * The canonical face with the axes of a picture: x to the picture's right, y down, z away from the viewer,
 * centimetres. This is the frame in which a head's shape is told apart from where it is.
 */
export function headVertices(face: CanonicalFace): Float64Array {
  return face.vertices.map((value, i) => (i % 3 === 0 ? value : -value))
}

/** The mesh's triangles without those that close the eyes and the mouth. */
export function skinTriangles(face: CanonicalFace): Uint16Array {
  return selectTriangles(face, (corners) => !closesHole(corners))
}

/** The triangles that close the eyes and the mouth. */
export function holeTriangles(face: CanonicalFace): Uint16Array {
  return selectTriangles(face, closesHole)
}

const HOLES: readonly ReadonlySet<number>[] = [
  new Set<number>([...UPPER_SEAM, ...LOWER_SEAM]),
  ...EYES.map((eye) => new Set<number>([...eye.upper, ...eye.lower])),
]

function closesHole(corners: Uint16Array): boolean {
  return HOLES.some((hole) => corners.every((vertex) => hole.has(vertex)))
}

function selectTriangles(face: CanonicalFace, keep: (corners: Uint16Array) => boolean): Uint16Array {
  const kept: number[] = []
  for (let t = 0; t < face.triangles.length; t += 3) {
    const corners = face.triangles.subarray(t, t + 3)
    if (keep(corners)) kept.push(...corners)
  }
  return Uint16Array.from(kept)
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isFinite(item))
}
