import { InputError } from '../../errors.js'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX, type BlendshapeName } from '../../pipeline/blendshapes.js'

/** The eight emotions of a speech emotion vector, in the order of IndexTTS-2. */
export const EMOTIONS = [
  'happy',
  'angry',
  'sad',
  'afraid',
  'disgusted',
  'melancholic',
  'surprised',
  'calm',
] as const

/** Emotions by name: those of the vector, and those that DICE-Talk knows beside them. */
export type EmotionName = (typeof EMOTIONS)[number] | 'fear' | 'contempt' | 'neutral'

/** An emotion by name, or eight strengths 0–1 in the order of {@link EMOTIONS}. */
export type Emotion = EmotionName | readonly number[]

/** A name such as `mouthSmile` stands for both sides. */
type PairName<Name extends string> = Name extends `${infer Stem}Left` ? Stem : never
type Look = Readonly<Partial<Record<BlendshapeName | PairName<BlendshapeName>, number>>>

/**
 * What each emotion at full strength adds to a resting face. Chosen after the action units of the Facial Action
 * Coding System (Ekman and Friesen, 1978) for each emotion, at about half their range: a face in conversation, not a
 * mask.
 */
const LOOKS: Readonly<Record<EmotionName, Look>> = {
  happy: {
    mouthSmile: 0.45,
    mouthDimple: 0.12,
    mouthUpperUp: 0.06,
    cheekSquint: 0.35,
    eyeSquint: 0.18,
    browInnerUp: 0.04,
    browOuterUp: 0.08,
  },
  angry: {
    browDown: 0.6,
    eyeSquint: 0.28,
    noseSneer: 0.28,
    mouthPress: 0.2,
    mouthFrown: 0.2,
    mouthLowerDown: 0.08,
    jawForward: 0.08,
  },
  sad: {
    browInnerUp: 0.55,
    browDown: 0.1,
    eyeBlink: 0.1,
    eyeLookDown: 0.1,
    mouthFrown: 0.45,
    mouthShrugLower: 0.2,
  },
  afraid: {
    browInnerUp: 0.5,
    browOuterUp: 0.3,
    browDown: 0.12,
    eyeWide: 0.5,
    mouthStretch: 0.28,
    mouthFrown: 0.12,
    mouthLowerDown: 0.1,
  },
  disgusted: {
    noseSneer: 0.6,
    mouthUpperUp: 0.22,
    browDown: 0.35,
    eyeSquint: 0.32,
    cheekSquint: 0.3,
    mouthFrown: 0.25,
    mouthShrugLower: 0.18,
  },
  melancholic: {
    browInnerUp: 0.35,
    eyeBlink: 0.16,
    eyeLookDown: 0.12,
    mouthFrown: 0.25,
    mouthShrugLower: 0.08,
  },
  surprised: { browInnerUp: 0.55, browOuterUp: 0.6, eyeWide: 0.55, jawOpen: 0.12, mouthFunnel: 0.08 },
  calm: { mouthSmile: 0.05, eyeBlink: 0.04 },
  fear: {},
  contempt: {
    mouthSmileLeft: 0.3,
    mouthDimpleLeft: 0.4,
    mouthPressLeft: 0.12,
    cheekSquintLeft: 0.15,
    noseSneerLeft: 0.1,
    eyeSquint: 0.15,
    browDownLeft: 0.2,
    browOuterUpRight: 0.2,
  },
  neutral: {},
}

/** The same emotion under the name that DICE-Talk gives it. */
const ALIASES: Partial<Record<EmotionName, EmotionName>> = { fear: 'afraid' }

/** Emotions by name that the face knows. */
export const EMOTION_NAMES = Object.keys(LOOKS) as readonly EmotionName[]

/**
 * What an emotion adds to a resting face, as 52 offsets in [0, 1]. Strengths of a vector are held to 1; where their
 * sum exceeds 1 they share it, so that a mixture is no stronger than its parts.
 *
 * @throws InputError for an unknown name, or a vector that is not eight numbers of at least 0
 */
export function emotionOffsets(emotion: Emotion): Float32Array {
  const offsets = new Float32Array(BLENDSHAPE_COUNT)
  if (typeof emotion === 'string') {
    addLook(offsets, lookOf(emotion), 1)
    return offsets
  }
  if (emotion.length !== EMOTIONS.length || !emotion.every((strength) => strength >= 0)) {
    throw new InputError(
      `emotion is [${emotion.join(', ')}]; it must be ${EMOTIONS.length} numbers of at least 0 (${EMOTIONS.join(', ')}).`,
    )
  }
  const strengths = emotion.map((strength) => Math.min(strength, 1))
  const share =
    1 /
    Math.max(
      1,
      strengths.reduce((sum, strength) => sum + strength, 0),
    )
  for (const [i, strength] of strengths.entries()) addLook(offsets, LOOKS[EMOTIONS[i]!], strength * share)
  return offsets
}

/**
 * The voice's share of an emotion: eight strengths in the order of {@link EMOTIONS} for a name that voices know too,
 * undefined for one that only faces do.
 */
export function voiceEmotion(emotion: Emotion): readonly number[] | undefined {
  if (typeof emotion !== 'string') return emotion
  const name = ALIASES[emotion] ?? emotion
  return EMOTIONS.some((known) => known === name)
    ? EMOTIONS.map((known) => (known === name ? 1 : 0))
    : undefined
}

function lookOf(name: EmotionName): Look {
  if (!Object.hasOwn(LOOKS, name)) {
    throw new InputError(
      `emotion is "${name}"; it must be one of ${EMOTION_NAMES.join(', ')}, or eight numbers.`,
    )
  }
  return LOOKS[ALIASES[name] ?? name]
}

function addLook(offsets: Float32Array, look: Look, strength: number): void {
  for (const [name, weight] of Object.entries(look)) {
    for (const channel of channelsOf(name)) offsets[channel]! += strength * weight
  }
}

function channelsOf(name: string): readonly number[] {
  const index: Readonly<Record<string, number>> = BLENDSHAPE_INDEX
  const channels = [name, `${name}Left`, `${name}Right`].map((channel) => index[channel])
  return channels.filter((channel) => channel !== undefined)
}
