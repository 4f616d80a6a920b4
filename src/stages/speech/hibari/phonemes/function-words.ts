import type { Tag } from './tagger.js'

/** What stands around a word of grammar. */
export interface Surroundings {
  readonly tag: Tag
  /** The sound that follows within the same breath; undefined before a mark and at the end. */
  readonly next: 'vowel' | 'consonant' | undefined
  /** Whether the next word is "to". */
  readonly isBeforeTo: boolean
  /** Whether it stands between two words of a number. */
  readonly isInNumber: boolean
}

/**
 * Words of grammar whose sound depends on what follows: "the apple" and "the pear", "go to it" and "go to bed",
 * "come in" and "in town".
 * @param word as it is written; in capitals throughout it is no word of grammar
 * @returns undefined for every other word
 */
export function readFunctionWord(
  word: string,
  { tag, next, isBeforeTo, isInNumber }: Surroundings,
): string | undefined {
  switch (word) {
    case 'a':
    case 'A':
      return tag === 'DT' ? 'ɐ' : 'ˈA'
    case 'an':
    case 'An':
      return 'ɐn'
    case 'am':
      return next === undefined ? 'æm' : 'ɐm'
    case 'Am':
      return 'æm'
    case 'I':
      return tag === 'PRP' ? 'ˌI' : undefined
    case 'the':
    case 'The':
      return next === 'vowel' ? 'ði' : 'ðə'
    case 'to':
    case 'To':
      if (tag !== 'TO' && tag !== 'IN') return undefined
      return next === undefined ? 'tu' : next === 'vowel' ? 'tʊ' : 'tə'
    case 'in':
    case 'In':
      if (tag === 'NNP') return undefined
      return next === undefined || tag !== 'IN' ? 'ˈɪn' : 'ɪn'
    case 'used':
    case 'Used':
      return isBeforeTo && (tag === 'VBD' || tag === 'JJ') ? 'jˈust' : 'jˈuzd'
    case 'point':
      return isInNumber ? 'pYnt' : undefined
    default:
      return undefined
  }
}
