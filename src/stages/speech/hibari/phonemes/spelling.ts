/** Latin letters that are no accented form of an English one. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'th',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŋ: 'ng',
}

/** A word in the letters of English, as the lexicons are written: "café" → "cafe". Case is kept. */
export function inEnglishLetters(word: string): string {
  return word
    .replace(/[ßæœøłđðþıħŋ]/gi, (letter) => {
      const plain = LETTERS[letter.toLowerCase()] ?? ''
      return letter === letter.toLowerCase() ? plain : plain.charAt(0).toUpperCase() + plain.slice(1)
    })
    .normalize('NFD')
    .replace(/[^A-Za-z'-]/g, '')
}
