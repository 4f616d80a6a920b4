import type { Tag } from './tagger.js'

const SUBJECTS = new Set(['i', 'we', 'they'])
const HAVE = new Set(['have', 'has', 'had', "'ve", 'having'])
const BE = new Set(['be', 'is', 'are', 'am', 'was', 'were', 'been', 'being', "'s", "'re", "'m"])
const GO_LIVE = new Set(['go', 'goes', 'going', 'went', 'gone'])
/** What may stand between "have" and its participle: "Have you ever read it?" */
const BETWEEN = new Set(['PRP', 'RB', 'NNP'])

/**
 * Corrects the tags of words that are spoken differently as another part of speech, where their neighbours leave no
 * doubt: a tagger sees two words on either side and errs on short clauses.
 * @param tokens words as they are written, clitics by themselves
 * @param tags the tagger's, changed in place
 */
export function settleHomographs(tokens: readonly string[], tags: Tag[]): void {
  const words = tokens.map((token) => token.toLowerCase())
  for (const [index, word] of words.entries()) {
    const before = words[index - 1] ?? ''
    // "We object."
    if (SUBJECTS.has(before) && tags[index] === 'NN') tags[index] = 'VBP'
    if (word === 'read' && isPerfect(words, tags, index)) tags[index] = 'VBN'
    // "We're live", "it went live", but "we live".
    if (word === 'live' && (BE.has(before) || GO_LIVE.has(before))) tags[index] = 'JJ'
    if (word === 'used' && words[index + 1] === 'to' && isAccustomed(words, tags, index)) tags[index] = 'JJ'
  }
}

function isPerfect(words: readonly string[], tags: readonly Tag[], index: number): boolean {
  let before = index - 1
  while (before >= 0 && index - before < 4 && BETWEEN.has(tags[before] ?? '')) before--
  return HAVE.has(words[before] ?? '')
}

/** "He is used to it", but "it is used to make cheese". */
function isAccustomed(words: readonly string[], tags: readonly Tag[], index: number): boolean {
  let before = index - 1
  while (before >= 0 && tags[before] === 'RB') before--
  return (BE.has(words[before] ?? '') || words[before] === 'get') && !(tags[index + 2] ?? '').startsWith('VB')
}
