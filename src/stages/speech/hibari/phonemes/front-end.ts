import { normaliseEnglish } from '../../../text/normalise/english.js'
import { isHeard, toVoice } from './alphabet.js'
import { ClauseReader } from './clause-reader.js'
import type { FrontEnd, FrontEndFiles, Reading, UnknownWord } from './contract.js'
import { settleHomographs } from './homographs.js'
import { JsonTable } from './json-table.js'
import { Lexicon } from './lexicon.js'
import { Tagger } from './tagger.js'
import { tokenise } from './tokens.js'

export type * from './contract.js'

/**
 * Makes a front end from the voice's files.
 * @throws SyntaxError when a file is not what it should be
 */
export function createFrontEnd(files: FrontEndFiles): FrontEnd {
  const lexicon = new Lexicon(new JsonTable(files.goldLexicon), new JsonTable(files.silverLexicon))
  const tagger = new Tagger(files.tagger)
  const vocabulary = vocabularyOf(files.vocabulary)

  return {
    read(clause, readUnknown = () => undefined) {
      const tokens = tokenise(calm(normaliseEnglish(clause), lexicon))
      const tags = tagger.tag(tokens.tokens)
      settleHomographs(tokens.tokens, tags)
      const reader = new ClauseReader(tokens, tags, lexicon, readUnknown)
      return readingOf(reader, vocabulary)
    },
    ids(phonemes) {
      return Array.from(phonemes, (symbol) => vocabulary.get(symbol)).filter((id) => id !== undefined)
    },
  }
}

function readingOf(reader: ClauseReader, vocabulary: ReadonlyMap<string, number>): Reading {
  let phonemes = ''
  const unknown: UnknownWord[] = []
  for (const piece of reader.read()) {
    const spoken = Array.from(toVoice(piece.phonemes))
      .filter((symbol) => vocabulary.has(symbol))
      .join('')
    if (spoken === ' ' && (phonemes === '' || phonemes.endsWith(' '))) continue
    for (const word of piece.guessed) unknown.push({ word, start: phonemes.length })
    phonemes += spoken
  }
  return { phonemes: isHeard(phonemes) ? phonemes.trimEnd() : '', unknown }
}

/** A clause in capitals throughout whose words are all known is shouted, not spelled. */
function calm(text: string, lexicon: Lexicon): string {
  if (/\p{Ll}/u.test(text)) return text
  const words = text.match(/[\p{L}']{2,}/gu) ?? []
  const isShouted = words.length > 1 && words.every((word) => lexicon.has(word.toLowerCase()))
  return isShouted ? text.toLowerCase().replace(/\bi\b/g, 'I') : text
}

function vocabularyOf(bytes: Uint8Array): ReadonlyMap<string, number> {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes))
  return new Map(Object.entries(parsed as Record<string, number>))
}
