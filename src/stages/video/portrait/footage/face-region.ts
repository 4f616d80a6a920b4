import { smoothstep } from '../../../../dsp/spline.js'
import type { CanonicalFace } from '../canonical.js'
import { EYES, FACE_VERTEX_COUNT, LID_VERTICES, NOSE, OVAL } from '../topology.js'

/** Above this height of the canonical face, in centimetres, speech pulls no skin along; the nose never moves. */
const SPEECH_TOP = 0.2
/** The outline moves with the jaw below this height; above, it keeps still, so that nothing tears at its ends. */
const JAW_TOP = -1.5
/** Between these heights channels such as the raised cheek fade out, so that the eyes keep still. */
const FADE_TOP = 1.6
const FADE_BOTTOM = 0
/** The jaw hangs on its hinges: from the middle of the face to its sides, channels move the skin less and less. */
const SIDE_FROM = 3.5
const SIDE_TO = 7
const SIDE_LOSS = 0.6
/** How far the fade may be moved, in centimetres: up to the lower lids and down to the upper lip. */
const HIGHEST_RAISE = 0.6
const LOWEST_DROP = 1.5

/** Which part of the face speech moves. */
export interface FaceRegion {
  /** Vertices that speech moves, in ascending order: mouth, chin, cheeks and the lower outline. */
  readonly spoken: Uint16Array
  /** 1 for each vertex of `spoken`. */
  readonly isSpoken: Uint8Array
  /** Vertices that sit on the skull whatever the face does: neither spoken, nor lids, nor brows. */
  readonly skull: Uint16Array
  /** Share of each of the 468 vertices in the channels' moves, 0–1. */
  readonly share: Float32Array
}

/**
 * @param drop How far down the upper edge of the animated region is moved, in centimetres of the canonical face;
 *   it is held within −0.6 … 1.5.
 */
export function faceRegion(face: CanonicalFace, drop = 0): FaceRegion {
  const moved = Math.min(LOWEST_DROP, Math.max(-HIGHEST_RAISE, drop))
  const height = (vertex: number): number => face.vertices[vertex * 3 + 1]!
  const outline = OVAL.filter((vertex) => height(vertex) > JAW_TOP)
  const still = new Set<number>([...NOSE, ...outline])
  const expressive = new Set([...LID_VERTICES, ...EYES.flatMap((eye) => [...eye.crease, ...eye.brow])])
  const unmoved = new Set<number>([...expressive, ...outline])

  const all = Uint16Array.from({ length: FACE_VERTEX_COUNT }, (_, vertex) => vertex)
  const isSpoken = Uint8Array.from(all, (vertex) => Number(height(vertex) < SPEECH_TOP && !still.has(vertex)))
  return {
    spoken: all.filter((vertex) => isSpoken[vertex] === 1),
    isSpoken,
    skull: all.filter((vertex) => isSpoken[vertex] === 0 && !expressive.has(vertex)),
    share: Float32Array.from(all, (vertex) =>
      unmoved.has(vertex)
        ? 0
        : smoothstep(FADE_TOP - moved, FADE_BOTTOM - moved, height(vertex)) *
          (1 - SIDE_LOSS * smoothstep(SIDE_FROM, SIDE_TO, Math.abs(face.vertices[vertex * 3]!))),
    ),
  }
}
