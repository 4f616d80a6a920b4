import { weightOf } from './alphabet.js'
import { demoted, hasPrimary } from './stress.js'

/** One part of a compound with its reading. */
export interface ReadPart {
  readonly text: string
  readonly phonemes: string
}

/**
 * Parts of a compound as one word. Where most of them are stressed, only the heavier half keeps its primary stress:
 * "well-known" is wˌɛlnˈOn. A single letter in front of a word takes the stress: "B-side" is bˈisˌId.
 */
export function joinParts(parts: readonly ReadPart[]): string {
  const reduced = new Set(reducedOf(parts.filter(({ phonemes }) => phonemes !== '')))
  return parts.map((part) => (reduced.has(part) ? demoted(part.phonemes) : part.phonemes)).join('')
}

function reducedOf(parts: readonly ReadPart[]): readonly ReadPart[] {
  const [first, second] = parts
  if (first === undefined || second === undefined) return []
  if (parts.length === 2 && first.text.length === 1) return [second]
  const stressed = parts.filter(({ phonemes }) => hasPrimary(phonemes)).length
  if (stressed <= Math.floor((parts.length + 1) / 2)) return []
  return parts.toSorted((a, b) => rank(a.phonemes) - rank(b.phonemes)).slice(0, Math.floor(parts.length / 2))
}

/** Unstressed before stressed, then light before heavy. */
function rank(phonemes: string): number {
  return (hasPrimary(phonemes) ? 1000 : 0) + weightOf(phonemes)
}
