import { BLENDSHAPE_NAMES } from '../../../../pipeline/blendshapes.js'
import { authorBlendshapes } from '../blendshapes.js'
import type { CanonicalFace } from '../canonical.js'
import { FACE_VERTEX_COUNT } from '../topology.js'

/** Channels that move the lower face; eyes, brows and the head keep the footage's own motion. */
export const SPEECH_CHANNELS: readonly number[] = BLENDSHAPE_NAMES.flatMap((name, channel) =>
  /^(mouth|jaw|cheek|nose|tongue)/.test(name) ? [channel] : [],
)

/** Moves of one channel at weight 1. */
export interface SpeechMoves {
  readonly channel: number
  readonly vertices: Uint16Array
  /** x, y, z for each of `vertices`: centimetres, x right, y down, z away. */
  readonly moves: Float32Array
}

/** A vertex that moves less than this at weight 1, in centimetres, is left out. */
const LEAST_MOVE = 2e-3

/** @param share How much each of the 468 vertices takes part, 0–1. */
export function speechMoves(face: CanonicalFace, share: Float32Array): SpeechMoves[] {
  const table = authorBlendshapes(face)
  return SPEECH_CHANNELS.map((channel) => {
    const shape = table[channel]!.map(
      (value, i) => (i % 3 === 0 ? 1 : -1) * value * share[Math.floor(i / 3)]!,
    )
    const vertices = Uint16Array.from({ length: FACE_VERTEX_COUNT }, (_, i) => i).filter(
      (i) => Math.hypot(shape[i * 3]!, shape[i * 3 + 1]!, shape[i * 3 + 2]!) > LEAST_MOVE,
    )
    const moves = Float32Array.from({ length: vertices.length * 3 }, (_, i) => {
      return shape[vertices[Math.floor(i / 3)]! * 3 + (i % 3)]!
    })
    return { channel, vertices, moves }
  })
}
