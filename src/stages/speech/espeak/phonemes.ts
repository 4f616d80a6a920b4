/** From espeak's names of phonemes to IPA. */

/**
 * What the Mandarin voice writes in espeak's own ASCII names, since no IPA name is given in its phoneme file. The
 * apical vowels of `shi` and `si` are both [ɨ].
 */
const MANDARIN: Readonly<Record<string, string>> = {
  'i.': 'ɨ',
  i̪: 'ɨ',
  'o-': 'ɤ',
  onɡ: 'ʊŋ',
  ər: 'ɚ',
  yi: 'y',
  'ŋ-': 'ŋ',
  's.': 'ʂ',
  'ts.': 'tʂ',
  'ts.h': 'tʂʰ',
  tsh: 'tsʰ',
  tɕh: 'tɕʰ',
  ph: 'pʰ',
  th: 'tʰ',
  kh: 'kʰ',
}

const STRESS_AND_JOINERS = /[ˈˌ\p{Cf}\s]/gu

/**
 * IPA of a phoneme event.
 * @returns the phoneme without stress; empty for a pause; undefined for what is no sound: a switch of the language,
 *   such as `(en)`
 */
export function toIpa(id: string): string | undefined {
  if (id.startsWith('(')) return undefined
  const name = id.replace(STRESS_AND_JOINERS, '')
  if (/^_*[:!|^]*$/.test(name)) return ''
  return MANDARIN[name] ?? name
}
