/**
 * Character-level cleaning that holds for every language and every speech engine: what is left is well-formed
 * Unicode in which each character is either text, punctuation, a symbol, a space or a line break.
 */

/** Half of a surrogate pair on its own: not a character at all. */
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * Characters with no sound and no width: controls, zero-width and bidirectional marks, soft hyphens, byte order
 * marks, private use, unassigned. Line breaks and tabs are spaces of a kind and are treated before.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu

/** Every line break of Unicode, with CR LF as one. */
const LINE_BREAKS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g

const SPACES = /[\t\p{Zs}]+/gu

/** Zero-width joiner: it glues emoji together and must outlive the cleaning, since {@link EMOJI} looks for it. */
const JOINER = '\u200d'

/**
 * Letters and digits in fancy dress: enclosed and Roman numerals, CJK squares and compatibility ideographs, Latin
 * ligatures, full-width ASCII letters and digits, mathematical alphabets. Full-width punctuation keeps its form,
 * which tells Chinese from English; fractions and superscripts keep theirs, which carries meaning.
 */
const COMPATIBILITY =
  /[\u2160-\u217f\u2460-\u24ff\u3300-\u33ff\uf900-\ufaff\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\u{1d400}-\u{1d7ff}]/gu

/**
 * Pictures: emoji with all that modifies them, flags, dingbats, the box of a keycap. Skipped, since a name read aloud
 * in the middle of a sentence ("grinning face") is not what the writer meant. Not `\p{Emoji}`: it holds the digits.
 */
export const EMOJI =
  /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\u20e3|\ufe0e|\ufe0f)+/gu

const HAS_SOUND = /\p{L}|\p{N}|[%&+=<>@$€£¥₩₹°℃℉×÷±≈≠≤≥√∞§]/u

/**
 * Cleans a text of what cannot be said. Idempotent. Keeps emoji, which a caption may want to show.
 * @returns text in normal form C with `\n` as the only line break and single spaces, not trimmed
 */
export function cleanText(text: string): string {
  return text
    .replace(LONE_SURROGATES, '')
    .replace(LINE_BREAKS, '\n')
    .replace(SPACES, ' ')
    .replace(INVISIBLE, (character) => (character === '\n' || character === JOINER ? character : ''))
    .replace(COMPATIBILITY, (character) => character.normalize('NFKC'))
    .normalize('NFC')
}

/** Whether anything in a text would be heard: a letter, a digit or a symbol that has a name. */
export function isSpeakable(text: string): boolean {
  return HAS_SOUND.test(text.replace(EMOJI, ''))
}
