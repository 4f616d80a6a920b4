import { map } from 'rxjs'
import { BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import type { AudioPacket, MotionPacket } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'

/** How much a face does, as factors on the motion of the line, and how much it smiles while doing so. */
interface Style {
  readonly mouth: number
  readonly brows: number
  readonly eyes: number
  readonly smile: number
}

/**
 * Twelve ways of speaking, by identity. Identity 0 is the line's own motion, unchanged. The others are temperaments
 * chosen to differ visibly while lips still close where they should: factors leave a weight of 0 at 0.
 */
const STYLES: readonly Style[] = [
  { mouth: 1, brows: 1, eyes: 1, smile: 0 },
  { mouth: 1.15, brows: 1.2, eyes: 1, smile: 0 },
  { mouth: 0.85, brows: 0.8, eyes: 1, smile: 0 },
  { mouth: 1, brows: 1.1, eyes: 1, smile: 0.12 },
  { mouth: 1.2, brows: 1.4, eyes: 1.1, smile: 0.08 },
  { mouth: 0.75, brows: 0.6, eyes: 0.85, smile: 0 },
  { mouth: 1.1, brows: 0.7, eyes: 1, smile: 0.05 },
  { mouth: 0.9, brows: 1.4, eyes: 1.1, smile: 0 },
  { mouth: 1.3, brows: 1, eyes: 1, smile: 0 },
  { mouth: 0.8, brows: 1, eyes: 0.9, smile: 0.15 },
  { mouth: 1.05, brows: 1.6, eyes: 1.15, smile: 0.04 },
  { mouth: 0.95, brows: 0.5, eyes: 0.9, smile: 0.03 },
]

type Part = keyof Style | 'rest'

/** Blinks and the gaze belong to no temperament: an eye that shuts shuts fully. */
const PARTS: readonly Part[] = BLENDSHAPE_NAMES.map((name) => {
  if (name.startsWith('mouthSmile')) return 'smile'
  if (/^(jaw|mouth|tongue)/.test(name)) return 'mouth'
  if (name.startsWith('brow')) return 'brows'
  return /^(eyeSquint|eyeWide|cheek|noseSneer)/.test(name) ? 'eyes' : 'rest'
})

/** A face in the style of an identity, 0 to 11; 0 leaves it as it is. */
export function styledFace(
  expression: Stage<AudioPacket, MotionPacket>,
  identity: number,
): Stage<AudioPacket, MotionPacket> {
  if (identity === 0) return expression
  return {
    ...expression,
    open: (turn) => (sound) =>
      sound.pipe(
        expression.open(turn),
        map((packet) => ({ ...packet, weights: styled(packet.weights, identity) })),
      ),
  }
}

/**
 * A frame in the style of an identity, as 52 weights of its own in [0, 1].
 *
 * @param identity 0 to 11
 */
function styled(weights: Float32Array, identity: number): Float32Array {
  const style = STYLES[identity]!
  return weights.map((weight, channel) => {
    const part = PARTS[channel]!
    if (part === 'rest') return weight
    return Math.min(1, part === 'smile' ? weight * style.mouth + style.smile : weight * style[part])
  })
}
