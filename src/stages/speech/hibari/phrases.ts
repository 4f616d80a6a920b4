/** Places at which a reading may be cut, best first: behind a mark, else between words. */
const CUTS: readonly RegExp[] = [/[;:,.!?—…] /gu, / /gu]

/**
 * Cuts phonemes into phrases of at most `most` symbols: behind a mark or else between words, as late as possible;
 * anywhere when a word alone is longer.
 * @param phonemes symbols of one UTF-16 unit each
 */
export function phrasesOf(phonemes: string, most: number): string[] {
  const phrases: string[] = []
  let rest = phonemes.trim()
  while (rest.length > most) {
    const end = lastCut(rest.slice(0, most + 1)) ?? most
    phrases.push(rest.slice(0, end).trim())
    rest = rest.slice(end).trim()
  }
  if (rest !== '') phrases.push(rest)
  return phrases
}

/** A cut in the first third would leave a crumb. */
const EARLIEST = 1 / 3

function lastCut(text: string): number | undefined {
  for (const cut of CUTS) {
    const ends = [...text.matchAll(cut)].map((match) => match.index + match[0].length)
    const end = ends.findLast((place) => place > text.length * EARLIEST)
    if (end !== undefined) return end
  }
  return undefined
}
