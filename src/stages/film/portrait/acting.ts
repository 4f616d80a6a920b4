import { LARGEST_AMPLITUDE, type Amplitude } from '../../expression/amplitude.js'
import type { FilmSettings } from '../film.js'

/** The value of `emoScale` and of `refScale` at which a face is as it is by nature. */
const NATURAL_EMOTION = 6
const NATURAL_IDENTITY = 3
/** How much more of an emotion a film shows than a conversation does: it was asked for, and is to be seen. */
const ACTED = 1.5
/** Where `emoScale` ends, and how far the mouth moves there: with more, vowels look shouted. */
const STRONGEST_EMOTION = 10
const STRONGEST_SPEECH = 1.35

/**
 * How far the face moves under a film's settings.
 *
 * - `emoScale` acts on speech and emotion together, as it does in DICE-Talk: nothing at 0, natural speech at 6.
 *   Beyond, an emotion grows on in proportion and the mouth more slowly.
 * - `dynamicScale` is the factor of all that a face does of itself; `refScale` damps it, since a head that moves less
 *   keeps closer to the portrait: by half at 9, and doubles it at 0.
 */
export function actingOf({
  emoScale,
  refScale,
  dynamicScale,
}: Pick<FilmSettings, 'emoScale' | 'refScale' | 'dynamicScale'>): Amplitude {
  const emotion = emoScale / NATURAL_EMOTION
  const beyond = Math.max(0, emoScale - NATURAL_EMOTION) / (STRONGEST_EMOTION - NATURAL_EMOTION)
  const loyalty = (2 * NATURAL_IDENTITY) / (NATURAL_IDENTITY + refScale)
  return {
    emotion: ACTED * emotion,
    speech: Math.min(1, emotion) + (STRONGEST_SPEECH - 1) * beyond,
    life: Math.min(LARGEST_AMPLITUDE.life, loyalty * dynamicScale),
  }
}
