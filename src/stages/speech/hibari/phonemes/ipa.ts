/**
 * Phonemes that espeak's American English has besides those that are written alike in both alphabets. A syllabic n
 * behind a glottal stop is a plain one ("cotton"), as the lexicons have it.
 */
const FROM_IPA: ReadonlyMap<string, string> = new Map(
  Object.entries({
    eɪ: 'A',
    aɪ: 'I',
    oʊ: 'O',
    aʊ: 'W',
    ɔɪ: 'Y',
    aɪɚ: 'Iəɹ',
    aɪə: 'Iə',
    aʊɚ: 'Wəɹ',
    dʒ: 'ʤ',
    tʃ: 'ʧ',
    əl: 'ᵊl',
    l̩: 'ᵊl',
    n̩: 'ᵊn',
    m̩: 'əm',
    ɪə: 'iə',
    ɚ: 'əɹ',
    ɝ: 'ɜɹ',
    ɜ: 'ɜɹ',
    ɐ: 'ə',
    ɒ: 'ɑ',
    a: 'æ',
    e: 'A',
    o: 'ɔ',
    y: 'u',
    ø: 'ɜɹ',
    œ: 'ɜɹ',
    ɨ: 'ɪ',
    r: 'ɹ',
    ʁ: 'ɹ',
    g: 'ɡ',
    x: 'k',
    ç: 'k',
    ɬ: 'l',
    ɫ: 'l',
    ɲ: 'nj',
  }),
)

const SAME = new Set('bdfhijklmnpstuvwzæðŋɑɔəɛɡɪɾʃʊʌʒʔθɹᵻ')

/** Length, nasality, and what espeak writes for pauses. */
const UNHEARD = /ː|\u0303|[_:|^!]/gu

/**
 * Phonemes of an American English word as espeak names them, in the voice's alphabet. Both put stress marks in front
 * of the vowel. Length and nasal marks and what has no counterpart are left out.
 * @param phonemes in IPA, one string each: ["ˈæ", "n", "ɪ", "m", "əl"]
 */
export function ipaToAlphabet(phonemes: readonly string[]): string {
  let symbols = ''
  for (const phoneme of phonemes) {
    const stress = /^[ˈˌ]+/.exec(phoneme)?.[0] ?? ''
    symbols += stress + symbolsOf(phoneme.slice(stress.length).replace(UNHEARD, ''))
  }
  return symbols.replaceAll('ɹɹ', 'ɹ').replaceAll('ʔᵊn', 'ʔn')
}

function symbolsOf(phoneme: string): string {
  const whole = FROM_IPA.get(phoneme)
  if (whole !== undefined) return whole
  return Array.from(phoneme, (symbol) => FROM_IPA.get(symbol) ?? (SAME.has(symbol) ? symbol : '')).join('')
}
