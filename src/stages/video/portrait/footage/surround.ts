import { smoothstep } from '../../../../dsp/spline.js'
import type { CanonicalFace } from '../canonical.js'
import { FACE_VERTEX_COUNT, OVAL } from '../topology.js'
import type { FaceRegion } from './face-region.js'

/** Where the rings around the jaw lie, as shares of the band's width; each follows the jaw less, the last not at all. */
const RINGS = [0.1, 0.25, 0.42, 0.6, 0.8, 1] as const
/** Width of the band at the jaw's hinges and below the chin, in centimetres. */
const NARROW = 1.2
const WIDE = 4.2
/** The point from which the rings grow, and the height at which the band is widest, on the canonical face. */
const CENTRE_HEIGHT = -1.5
const CHIN_HEIGHT = -9

/**
 * Skin and background around the jaw: rings of vertices that follow the outline less and less, so that neck and
 * collar give way softly and nothing shows where the animated region ends.
 */
export interface Surround {
  /** For each ring vertex the vertex of the outline that it follows. Ring vertices come after the face's 468. */
  readonly follows: Uint16Array
  /** Where each ring vertex lies from the one that it follows: x right, y down, in centimetres of the head's frame. */
  readonly offset: Float32Array
  /** How much of that vertex's displacement each takes over, 0–1. */
  readonly share: Float32Array
  readonly triangles: Uint16Array
}

export function surround(face: CanonicalFace, { isSpoken }: FaceRegion): Surround {
  const outline = spokenArc(isSpoken)
  const follows: number[] = []
  const offset: number[] = []
  const share: number[] = []
  for (const vertex of outline) {
    const x = face.vertices[vertex * 3]!
    const y = face.vertices[vertex * 3 + 1]!
    const length = Math.hypot(x, y - CENTRE_HEIGHT)
    const width = NARROW + (WIDE - NARROW) * smoothstep(CENTRE_HEIGHT, CHIN_HEIGHT, y)
    for (const place of RINGS) {
      follows.push(vertex)
      offset.push((x / length) * width * place, ((CENTRE_HEIGHT - y) / length) * width * place)
      share.push(1 - smoothstep(0, 1, place))
    }
  }
  return {
    follows: Uint16Array.from(follows),
    offset: Float32Array.from(offset),
    share: Float32Array.from(share),
    triangles: bandTriangles(outline),
  }
}

/** The part of the outline that speech moves, with one still vertex at each end. */
function spokenArc(isSpoken: Uint8Array): number[] {
  const first = OVAL.findIndex((vertex) => isSpoken[vertex] === 1)
  const last = OVAL.findLastIndex((vertex) => isSpoken[vertex] === 1)
  return OVAL.slice(first - 1, last + 2)
}

function bandTriangles(outline: readonly number[]): Uint16Array {
  const triangles: number[] = []
  const at = (spoke: number, ring: number): number =>
    ring === 0 ? outline[spoke]! : FACE_VERTEX_COUNT + spoke * RINGS.length + ring - 1
  // From the outside in: where the chin comes down on the neck, what is nearer to it lies on top.
  for (let inner = RINGS.length - 1; inner >= 0; inner--) {
    for (let spoke = 0; spoke + 1 < outline.length; spoke++) {
      const [a, b] = [at(spoke, inner + 1), at(spoke + 1, inner + 1)]
      const [c, d] = [at(spoke, inner), at(spoke + 1, inner)]
      triangles.push(a, b, c, b, d, c)
    }
  }
  return Uint16Array.from(triangles)
}
