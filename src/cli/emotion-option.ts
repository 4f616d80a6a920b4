import { InputError } from '../errors.js'
import { EMOTION_NAMES, EMOTIONS, type Emotion, type EmotionName } from '../stages/expression/emotion.js'

/**
 * Reads `--emotion`: a name (`happy`), or strengths 0–1 of several (`happy=0.6,surprised=0.3`).
 * @throws InputError naming what was given and what would be right
 */
export function parseEmotion(text: string): Emotion {
  if (isName(text)) return text
  const strengths = EMOTIONS.map(() => 0)
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim())
    const index = EMOTIONS.findIndex((emotion) => emotion === name)
    const strength = value === '' ? Number.NaN : Number(value)
    if (index < 0 || !(strength >= 0 && strength <= 1)) {
      throw new InputError(
        `--emotion is "${text}"; expected one of ${EMOTION_NAMES.join(', ')}, ` +
          `or strengths 0–1 such as "happy=0.6,surprised=0.3" of ${EMOTIONS.join(', ')}.`,
      )
    }
    strengths[index] = strength
  }
  return strengths
}

function isName(text: string): text is EmotionName {
  return EMOTION_NAMES.some((name) => name === text)
}
