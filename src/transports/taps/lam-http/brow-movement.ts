import { BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import { SeededRandom } from '../../../stages/expression/idle/random.js'

/** A frame is loud from this part of the loudest on. */
const LOUD_PART = 0.5
const SHOWN = 0.7
/** Seconds of a raise, and the least between the beginnings of two. */
const LENGTH = { shortest: 0.5, longest: 0.9 }
const GAP = 1.2
/** How far the inner brows go up, before the loudness has its say; the outer ones follow by a part. */
const HEIGHT = { lowest: 0.2, highest: 0.45 }
const OUTER = 0.7

/**
 * `brow_movement`: raises the brows at random among the loud places, higher where it is louder, changing the frames
 * in place. The same sound always gives the same raises.
 *
 * @param frames 52 weights each
 * @param levels root mean square of the sound in each frame
 */
export function moveBrows(frames: readonly Float32Array[], levels: Float32Array, fps: number): void {
  const random = new SeededRandom(0, 'brow movement')
  const loudest = levels.reduce((a, b) => Math.max(a, b), 0)
  if (loudest === 0) return
  let free = 0
  for (let i = 0; i < frames.length; i++) {
    const strength = levels[i]! / loudest
    const isPeak = strength >= (levels[i - 1] ?? 0) / loudest && strength > (levels[i + 1] ?? 0) / loudest
    if (i < free || strength < LOUD_PART || !isPeak) continue
    free = i + Math.round(GAP * fps)
    if (!random.chance(SHOWN)) continue
    const height = strength * random.between(HEIGHT.lowest, HEIGHT.highest)
    raise(frames, i, Math.round(random.between(LENGTH.shortest, LENGTH.longest) * fps), height)
  }
}

/** One raise around frame `peak`: a raised cosine. */
function raise(frames: readonly Float32Array[], peak: number, length: number, height: number): void {
  const half = length / 2
  for (let i = Math.max(0, Math.ceil(peak - half)); i < Math.min(frames.length, peak + half); i++) {
    const up = height * 0.5 * (1 + Math.cos((Math.PI * (i - peak)) / half))
    const weights = frames[i]!
    weights[B.browInnerUp] = Math.min(1, weights[B.browInnerUp]! + up)
    weights[B.browOuterUpLeft] = Math.min(1, weights[B.browOuterUpLeft]! + OUTER * up)
    weights[B.browOuterUpRight] = Math.min(1, weights[B.browOuterUpRight]! + OUTER * up)
  }
}
