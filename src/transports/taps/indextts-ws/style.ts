import type { VoiceStyle } from '../../../pipeline/packet.js'
import { emotionOfText } from '../emotion-words.js'
import type { EmotionRequest } from './protocol.js'

/** How far `use_random` moves the voice to either side: semitones, and a factor of the speed. */
const RANDOM_PITCH = 0.7
const RANDOM_RATE = 1.05

const HIGHEST_PITCH = 12
const SLOWEST = 0.5
const FASTEST = 2

/** The recordings of a request as voice styles; undefined where there is none. */
export interface RecordedStyles {
  readonly speaker: VoiceStyle | undefined
  readonly emotion: VoiceStyle | undefined
}

/**
 * The voice style of a request.
 *
 * - The speaker's recording gives pitch and pace: the voice is not cloned.
 * - `audio`: pitch and pace go from the speaker's to those of the emotional recording, by the weight. No emotion is
 *   recognised in it.
 * - `vector`: the strengths as they are; above a sum of 1 they share it.
 * - `text`: the emotions that the text names, times the weight: see {@link emotionOfText}.
 *
 * @param random 0 to 1, where the request wants chance; without it the same request sounds the same
 */
export function styleOf(
  emotion: EmotionRequest,
  { speaker, emotion: emotional }: RecordedStyles,
  random?: () => number,
): VoiceStyle | undefined {
  const weight = emotion.mode === 'audio' ? emotion.alpha : 0
  const strengths = strengthsOf(emotion)
  const isPlain = speaker === undefined && emotional === undefined && random === undefined
  if (isPlain) return strengths === undefined ? undefined : { emotion: strengths }
  const blend = (from: number, to: number): number => from + weight * (to - from)
  const chance = (): number => (random === undefined ? 0 : 2 * random() - 1)
  const pitch = blend(speaker?.pitch ?? 0, emotional?.pitch ?? 0) + chance() * RANDOM_PITCH
  const rate = blend(speaker?.rate ?? 1, emotional?.rate ?? 1) * RANDOM_RATE ** chance()
  return {
    pitch: Math.min(HIGHEST_PITCH, Math.max(-HIGHEST_PITCH, pitch)),
    rate: Math.min(FASTEST, Math.max(SLOWEST, rate)),
    ...(strengths === undefined ? {} : { emotion: strengths }),
  }
}

function strengthsOf(emotion: EmotionRequest): readonly number[] | undefined {
  switch (emotion.mode) {
    case 'none':
    case 'audio':
      return undefined
    case 'vector':
      return emotion.vector
    case 'text':
      return emotionOfText(emotion.text)?.map((strength) => strength * emotion.alpha)
  }
}
