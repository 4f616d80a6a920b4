import type { VisemeTable } from './contract.js'

/** How a voice writes its phonemes: plain IPA, or with symbols of its own beside IPA. */
export type PhonemeAlphabet = 'ipa' | 'espeak' | 'misaki'

const LENGTH_MARKS = /[ː:]/gu
/** A pause mark, punctuation, or a language switch such as `(en)`. */
const PAUSE = /^[_(.,;!?—…" ]/u
const REST: readonly string[] = ['sil']
const NOTHING: readonly string[] = []

/** The visemes of phonemes, by the longest match in a table (visemes.json, "lookup"). Symbols seen are remembered. */
export class PhonemeLookup {
  readonly #table: ReadonlyMap<string, readonly string[]>
  readonly #longest: number
  readonly #known = new Map<string, readonly string[]>()

  constructor({ alphabets }: VisemeTable, alphabet: PhonemeAlphabet) {
    this.#table = new Map(Object.entries({ ...alphabets.ipa, ...alphabets[alphabet] }))
    this.#longest = Math.max(...[...this.#table.keys()].map(({ length }) => length))
  }

  /**
   * The visemes that share the phoneme's time equally: `['sil']` for a pause, none for a mark that only colours the
   * phoneme before it.
   */
  visemesOf(symbol: string): readonly string[] {
    let visemes = this.#known.get(symbol)
    if (visemes === undefined) {
      visemes = this.#match(symbol.replaceAll(LENGTH_MARKS, ''))
      if (this.#known.size < MOST_REMEMBERED) this.#known.set(symbol, visemes)
    }
    return visemes
  }

  #match(text: string): readonly string[] {
    if (text === '' || (PAUSE.test(text) && !this.#table.has(text))) return REST
    const visemes: string[] = []
    for (let at = 0; at < text.length;) {
      const entry = this.#longestEntry(text, at)
      if (entry !== undefined) visemes.push(...this.#table.get(entry)!)
      at += entry?.length ?? 1
    }
    return visemes.length === 0 ? NOTHING : visemes
  }

  #longestEntry(text: string, at: number): string | undefined {
    for (let length = Math.min(this.#longest, text.length - at); length > 0; length--) {
      const candidate = text.slice(at, at + length)
      if (this.#table.has(candidate)) return candidate
    }
    return undefined
  }
}

/** More symbols than any voice has; a stream of nonsense does not grow the memory further. */
const MOST_REMEMBERED = 1024
