/**
 * The alphabet that the voice reads: that of misaki (https://github.com/hexgrad/misaki), IPA with single letters for
 * the English diphthongs (A eɪ, I aɪ, O oʊ, W aʊ, Y ɔɪ) and affricates (ʤ ʧ), ᵊ for a schwa that may be left out, ᵻ
 * for the vowel between ɪ and ə, T for the American flap.
 */

export const PRIMARY = 'ˈ'
export const SECONDARY = 'ˌ'

const VOWELS = new Set('AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ')
const CONSONANTS = new Set('bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθʔT')
const LONG = new Set('AIOQWYʤʧ')

/** Marks that part a word from what follows, so that it knows nothing of it. Quotes and brackets do not. */
const PARTING = new Set(';:,.!?—…')

export function isVowel(phoneme: string): boolean {
  return VOWELS.has(phoneme)
}

/** How much a reading weighs where stresses compete: a symbol that stands for two sounds counts twice. */
export function weightOf(phonemes: string): number {
  let weight = 0
  for (const phoneme of phonemes) weight += LONG.has(phoneme) ? 2 : 1
  return weight
}

/**
 * What a reading begins with, for the word in front of it ("the apple"): a vowel or a consonant, undefined when
 * a mark parts them; null when the reading says nothing about it.
 */
export function onsetOf(phonemes: string): 'vowel' | 'consonant' | undefined | null {
  for (const phoneme of phonemes) {
    if (VOWELS.has(phoneme)) return 'vowel'
    if (CONSONANTS.has(phoneme)) return 'consonant'
    if (PARTING.has(phoneme)) return undefined
  }
  return null
}

/** Whether anything is said: marks alone are not. */
export function isHeard(phonemes: string): boolean {
  return /[\p{Ll}\p{Lu}]/u.test(phonemes)
}

/** The lexicon's finer symbols in those that the voice was trained on: the flap is T, the glottal stop a plain t. */
export function toVoice(phonemes: string): string {
  return phonemes.replaceAll('ɾ', 'T').replaceAll('ʔ', 't')
}
