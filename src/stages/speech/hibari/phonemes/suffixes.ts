// How the endings -s, -ed and -ing sound, and which word they were put on.

const VOICELESS_BEFORE_S = 'ptkfθ'
const SIBILANT = 'szʃʒʧʤ'
const VOICELESS_BEFORE_D = 'pkfθʃsʧ'
/** Between one of these and a weak vowel, t becomes a flap. */
const FLAPS_T = new Set('AIOWYiuæɑəɛɪɹʊʌ')

/** "cats", "dogs", "boxes". */
export function withS(stem: string): string {
  const last = stem.slice(-1)
  if (VOICELESS_BEFORE_S.includes(last)) return `${stem}s`
  return SIBILANT.includes(last) ? `${stem}ᵻz` : `${stem}z`
}

/** "walked", "hugged", "needed", "waited". */
export function withEd(stem: string): string {
  const last = stem.slice(-1)
  if (VOICELESS_BEFORE_D.includes(last)) return `${stem}t`
  if (last === 'd') return `${stem}ᵻd`
  return last === 't' ? `${flapped(stem)}ᵻd` : `${stem}d`
}

/** "walking", "waiting". */
export function withIng(stem: string): string {
  return `${flapped(stem)}ɪŋ`
}

function flapped(stem: string): string {
  return stem.endsWith('t') && FLAPS_T.has(stem.slice(-2, -1)) ? `${stem.slice(0, -1)}ɾ` : stem
}

/** A way to take an ending off: the words it may have been put on, likeliest first, and how the ending sounds. */
export interface Ending {
  readonly stems: readonly string[]
  readonly sound: (stem: string) => string
}

/** The endings that a word may have, each with its possible stems. */
export function endingsOf(word: string): Ending[] {
  const endings: Ending[] = []
  if (/^.{2,}s$/u.test(word)) endings.push({ stems: stemsOfS(word), sound: withS })
  if (/^.{3,}d$/u.test(word)) endings.push({ stems: stemsOfEd(word), sound: withEd })
  if (/^.{2,}ing$/u.test(word)) endings.push({ stems: stemsOfIng(word), sound: withIng })
  return endings
}

function stemsOfS(word: string): string[] {
  const stems: string[] = []
  if (!word.endsWith('ss')) stems.push(word.slice(0, -1))
  if (word.endsWith("'s") || (word.length > 4 && /(?<!i)es$/.test(word))) stems.push(word.slice(0, -2))
  if (word.length > 4 && word.endsWith('ies')) stems.push(`${word.slice(0, -3)}y`)
  return stems
}

function stemsOfEd(word: string): string[] {
  const stems: string[] = []
  if (!word.endsWith('dd')) stems.push(word.slice(0, -1))
  if (word.length > 4 && word.endsWith('ed') && !word.endsWith('eed')) {
    stems.push(word.slice(0, -2), ...undoubled(word.slice(0, -2)))
    if (word.endsWith('ied')) stems.push(`${word.slice(0, -3)}y`)
  }
  return stems
}

function stemsOfIng(word: string): string[] {
  const stem = word.slice(0, -3)
  return [...(word.length > 5 ? [stem] : []), `${stem}e`, ...undoubled(stem)]
}

/** "stopp" → "stop", "panick" → "panic". */
function undoubled(stem: string): string[] {
  return /([bcdgklmnprstvxz])\1$|ck$/.test(stem) ? [stem.slice(0, -1)] : []
}

/** What stands for a word that is joined to the one before it, at the end of words that no lexicon holds. */
const CLITICS: readonly (readonly [written: RegExp, sound: (stem: string) => string])[] = [
  [/'s$/i, withS],
  [/n't$/i, (stem) => `${stem}ᵊnt`],
  [/'ve$/i, (stem) => `${stem}əv`],
  [/'ll$/i, (stem) => `${stem}əl`],
  [/'re$/i, (stem) => `${stem}əɹ`],
  [/'d$/i, (stem) => (/[td]$/.test(stem) ? `${stem}ᵻd` : `${stem}d`)],
  [/'m$/i, (stem) => `${stem}əm`],
]

/** A word without its clitic and how the clitic sounds: "Kubernetes's", "might've". */
export function cliticOf(word: string): { stem: string; sound: (stem: string) => string } | undefined {
  for (const [written, sound] of CLITICS) {
    const stem = word.replace(written, '')
    if (stem !== word && /\p{L}/u.test(stem)) return { stem, sound }
  }
  return undefined
}
