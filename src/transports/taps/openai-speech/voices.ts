import type { VoiceStyle } from '../../../pipeline/packet.js'
import { emotionOfText } from '../emotion-words.js'

/**
 * OpenAI's voices by name, as variations of the one voice that the line speaks with: semitones above it, and a factor
 * of its pace. They tell speakers of a conversation apart. They are not OpenAI's voices and do not try to sound so;
 * `alloy` is the voice as it is everywhere else.
 */
const VOICES = {
  alloy: { pitch: 0, rate: 1 },
  ash: { pitch: -3, rate: 1.02 },
  ballad: { pitch: -2, rate: 0.93 },
  cedar: { pitch: -4, rate: 0.97 },
  coral: { pitch: 1, rate: 1.05 },
  echo: { pitch: -2.5, rate: 1.04 },
  fable: { pitch: 1.5, rate: 0.96 },
  marin: { pitch: 0.7, rate: 0.98 },
  nova: { pitch: 2.2, rate: 1.06 },
  onyx: { pitch: -5, rate: 0.94 },
  sage: { pitch: 0.5, rate: 0.92 },
  shimmer: { pitch: 3, rate: 1 },
  verse: { pitch: -1, rate: 1.07 },
} as const satisfies Readonly<Record<string, { readonly pitch: number; readonly rate: number }>>

export type VoiceName = keyof typeof VOICES

export const VOICE_NAMES = Object.keys(VOICES) as readonly VoiceName[]

/** What the engines of the line take. */
const SLOWEST = 0.5
const FASTEST = 2

/** How a request is to be spoken. */
export interface Manner {
  /** For the engine; left out where its own way is what is wanted. */
  readonly voice: VoiceStyle | undefined
  /** What is left of the speed that the engine cannot give: a tempo for its sound, 1 for none. */
  readonly tempo: number
}

/**
 * The manner of a voice at a speed. Within a factor of two the engine itself speaks faster or slower, which sounds
 * best; what goes beyond is done to its sound.
 *
 * @param speed 0.25 to 4
 * @param instructions the emotions that they name: see `emotionOfText`
 */
export function mannerOf(name: VoiceName, speed: number, instructions: string): Manner {
  const { pitch, rate: own } = VOICES[name]
  const wanted = speed * own
  const rate = Math.min(FASTEST, Math.max(SLOWEST, wanted))
  const emotion = emotionOfText(instructions)
  const isPlain = pitch === 0 && rate === 1 && emotion === undefined
  return {
    voice: isPlain ? undefined : { pitch, rate, ...(emotion === undefined ? {} : { emotion }) },
    tempo: wanted / rate,
  }
}
