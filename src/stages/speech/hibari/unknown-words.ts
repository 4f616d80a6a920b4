import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, ModelLoadError } from '../../../errors.js'
import type { OrtSession, ProgramContext } from '../../../runtime/program.js'
import { dataOf } from '../../../runtime/tensor.js'

/**
 * `oov.json`. Letters and phonemes count from 1 in the graph; 0 is no letter, and no phoneme. The graph gives `slots`
 * places for each letter, of which most stay empty, and was made for words of up to `maxlen` letters.
 */
const symbolsSchema = z.looseObject({
  in: z.array(z.string()),
  out: z.array(z.string()),
  maxlen: z.number().int().positive(),
})

/** More words than an hour of speech has that no lexicon knows. */
const MOST_REMEMBERED = 4096

/** Reads words that no lexicon holds, by a small network from letters to phonemes. What was read is remembered. */
export class UnknownWords {
  readonly #graph: OrtSession
  readonly #letters: ReadonlyMap<string, number>
  readonly #phonemes: readonly string[]
  readonly #longest: number
  readonly #known = new Map<string, string>()

  private constructor(graph: OrtSession, symbols: z.infer<typeof symbolsSchema>) {
    this.#graph = graph
    this.#letters = new Map(symbols.in.map((letter, index) => [letter, index + 1]))
    this.#phonemes = symbols.out
    this.#longest = symbols.maxlen
  }

  /** @throws ModelLoadError when a file is missing or not valid */
  static async load(
    context: ProgramContext,
    files: { graph: string; symbols: string },
  ): Promise<UnknownWords> {
    const path = join(context.folder, files.symbols)
    let symbols: z.infer<typeof symbolsSchema>
    try {
      symbols = symbolsSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    } catch (error) {
      throw new ModelLoadError(`${path} cannot be used: ${messageOf(error)}`, { cause: error })
    }
    return new UnknownWords(await context.createSession(files.graph), symbols)
  }

  /** What {@link read} gave for a word; undefined when it has not been read. */
  recall(word: string): string | undefined {
    return this.#known.get(word)
  }

  /** Phonemes in the voice's alphabet, remembered for {@link recall}. A letter that no word has is not read. */
  async read(word: string): Promise<string> {
    const known = this.#known.get(word)
    if (known !== undefined) return known
    const ids = Array.from(word, (letter) => this.#letters.get(letter)).filter((id) => id !== undefined)
    let phonemes = ''
    for (let at = 0; at < ids.length; at += this.#longest) {
      phonemes += await this.#run(ids.slice(at, at + this.#longest))
    }
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.set(word, phonemes)
    return phonemes
  }

  async #run(letters: readonly number[]): Promise<string> {
    const chars = { data: BigInt64Array.from(letters, BigInt), dims: [1, letters.length] }
    const { ids } = await this.#graph.run({ chars }, ['ids'])
    let phonemes = ''
    let last = 0
    // A phoneme that fills several places in a row is one; between two equal ones lies an empty place.
    for (const id of dataOf(ids, 'int64')) {
      const place = Number(id)
      if (place !== 0 && place !== last) phonemes += this.#phonemes[place - 1] ?? ''
      last = place
    }
    return phonemes
  }
}
