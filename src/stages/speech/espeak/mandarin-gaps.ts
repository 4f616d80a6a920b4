/**
 * Characters that the Mandarin voice cannot read. Its phonemes lack the syllable `iong` after a consonant, so that
 * 兄 is spelled out in English letters. All characters of the CJK block were tried; these are the ones that failed.
 */

/** Phonemes in espeak's own names with the tone's pitch levels, and the characters that are read so. */
const SYLLABLES: readonly (readonly [phonemes: string, characters: string])[] = [
  ['S;yuN55', '兄兇凶匈哅忷恟汹洶胷胸訩詾讻賯'],
  ['S;yuN35', '熊赨雄'],
  ['S;yuN51', '夐敻詗诇'],
  ['tS;hyuN55', '匔焪芎'],
  ['tS;hyuN35', '儝卭宆惸桏棾橩焭煢琼瓊睘瞏穷穹窮竆笻筇茕藑藭蛩赹跫輁邛銎'],
  ['tS;yuN55', '冂冋坰埛扃蘏蘔駫'],
  ['tS;yuN214', '侰僒冏囧幜泂炯烱煚煛熲皛窘絅綗褧迥逈顈颎駉'],
  ['tS;yuN51', '澃'],
]

const READINGS = new Map(
  SYLLABLES.flatMap(([phonemes, characters]) =>
    Array.from(characters, (character) => [character, `[[${phonemes}]]`] as const),
  ),
)

const UNREAD = new RegExp(`[${[...READINGS.keys()].join('')}]`, 'g')

/** Replaces what the Mandarin voice cannot read by phonemes in double brackets, which espeak speaks as they are. */
export function fillGaps(text: string): string {
  return text.replaceAll('兒', '儿').replace(UNREAD, (character) => READINGS.get(character) ?? character)
}
