import { isVowel, PRIMARY, SECONDARY } from './alphabet.js'

// Stress marks stand in front of the stressed vowel.

export function hasPrimary(phonemes: string): boolean {
  return phonemes.includes(PRIMARY)
}

function hasStress(phonemes: string): boolean {
  return phonemes.includes(PRIMARY) || phonemes.includes(SECONDARY)
}

/** Without any stress: "point" in "three point one". */
export function unstressed(phonemes: string): string {
  return phonemes.replaceAll(PRIMARY, '').replaceAll(SECONDARY, '')
}

/** One step down: primary stress becomes secondary, and what was secondary goes. Without primary, as it is. */
export function demoted(phonemes: string): string {
  if (!hasPrimary(phonemes)) return phonemes
  return phonemes.replaceAll(SECONDARY, '').replaceAll(PRIMARY, SECONDARY)
}

/** A word without stress gets a secondary one on its first vowel. */
export function accented(phonemes: string): string {
  return hasStress(phonemes) ? phonemes : withMark(phonemes, SECONDARY)
}

/** A word without primary stress gets one: its secondary stress rises, else its first vowel takes it. */
export function emphasised(phonemes: string): string {
  if (hasPrimary(phonemes)) return phonemes
  if (phonemes.includes(SECONDARY)) return phonemes.replaceAll(SECONDARY, PRIMARY)
  return withMark(phonemes, PRIMARY)
}

/** Only the last of all stresses is primary: the melody of letters that are spelled, "F B I". */
export function lastStressed(phonemes: string): string {
  const level = phonemes.replaceAll(PRIMARY, SECONDARY)
  const last = level.lastIndexOf(SECONDARY)
  return last < 0 ? level : level.slice(0, last) + PRIMARY + level.slice(last + 1)
}

function withMark(phonemes: string, mark: string): string {
  for (let index = 0; index < phonemes.length; index++) {
    if (isVowel(phonemes.charAt(index))) return phonemes.slice(0, index) + mark + phonemes.slice(index)
  }
  return phonemes
}
