import { InputError } from '../../errors.js'
import type { VoiceStyle } from '../../pipeline/packet.js'

/** How a clause is spoken, as factors of the voice's normal way. */
export interface Prosody {
  /** Speed. */
  readonly rate: number
  /** Semitones above the voice's pitch. */
  readonly pitch: number
  /** Width of the melody. */
  readonly range: number
  /** Loudness, as a factor of amplitude. */
  readonly volume: number
}

/**
 * The voice of each emotion at full strength, in the order of `VoiceStyle.emotion`.
 *
 * The directions are those on which studies of emotional speech agree: high arousal (joy, anger, fear, surprise)
 * raises speed, pitch and loudness, low arousal (sadness, melancholy, calm) lowers them; joy and surprise widen the
 * melody, sadness flattens it (Murray and Arnott, "Toward the simulation of emotion in synthetic speech", JASA 1993,
 * table I; Scherer, "Vocal communication of emotion", 2003). The sizes are moderate: beyond them espeak grows shrill.
 */
const EMOTIONS: readonly Prosody[] = [
  /* happy       */ { rate: 1.08, pitch: 2, range: 1.5, volume: 1.1 },
  /* angry       */ { rate: 1.12, pitch: 0.5, range: 1.4, volume: 1.3 },
  /* sad         */ { rate: 0.86, pitch: -1.5, range: 0.6, volume: 0.8 },
  /* afraid      */ { rate: 1.16, pitch: 3, range: 0.8, volume: 0.9 },
  /* disgusted   */ { rate: 0.92, pitch: -1, range: 1.2, volume: 1 },
  /* melancholic */ { rate: 0.82, pitch: -2, range: 0.5, volume: 0.75 },
  /* surprised   */ { rate: 1.04, pitch: 3.5, range: 1.8, volume: 1.15 },
  /* calm        */ { rate: 0.94, pitch: -0.5, range: 0.75, volume: 0.95 },
]

/**
 * Prosody of a voice style. Emotions add up: factors multiply, each to the power of its strength, and semitones add;
 * strengths that sum to more than 1 are scaled down to 1.
 * @throws InputError naming the field, its value and what would be right
 */
export function prosodyOf(voice: VoiceStyle = {}): Prosody {
  const rate = inRange('rate', voice.rate ?? 1, 0.5, 2)
  const pitch = inRange('pitch', voice.pitch ?? 0, -12, 12)
  const emotion = voice.emotion ?? []
  if (voice.emotion !== undefined && emotion.length !== EMOTIONS.length) {
    throw new InputError(
      `voice.emotion has ${emotion.length} strengths; it needs ${EMOTIONS.length}: happy, angry, sad, afraid, disgusted, melancholic, surprised, calm.`,
    )
  }
  const sum = emotion.reduce(
    (total, strength, index) => total + inRange(`emotion[${index}]`, strength, 0, 1),
    0,
  )
  const scale = 1 / Math.max(1, sum)
  const mix = (part: (one: Prosody) => number): number =>
    EMOTIONS.reduce((total, one, index) => total + part(one) * scale * (emotion[index] ?? 0), 0)
  return {
    rate: rate * Math.exp(mix((one) => Math.log(one.rate))),
    pitch: pitch + mix((one) => one.pitch),
    range: Math.exp(mix((one) => Math.log(one.range))),
    volume: Math.exp(mix((one) => Math.log(one.volume))),
  }
}

function inRange(field: string, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value
  throw new InputError(`voice.${field} is ${value}; it must be a number from ${low} to ${high}.`)
}
