import { JsonTable } from './json-table.js'

/** A part of speech in the Penn Treebank's names: `NN`, `VBD`, `IN`, … */
export type Tag = string

/** Most feature weights that are kept decoded. */
const CACHE_SIZE = 4096

/**
 * Tells parts of speech with a greedy averaged perceptron: each token gets the tag whose weights, summed over what
 * can be seen of the token and its neighbours, are highest. Needed for words that are written alike and spoken
 * differently, and for function words, so an error seldom is heard.
 *
 * The features are those that the weights are named by: the word, its first letter, its last three, its shape, two
 * words on both sides and the two tags before.
 */
export class Tagger {
  readonly #tags: readonly Tag[]
  /** Words with one tag only. */
  readonly #certain: JsonTable
  readonly #vocabulary: ReadonlySet<string>
  readonly #weights: JsonTable
  /** A feature's weights, one a tag; null for a feature without any. Bounded: emptied when full. */
  readonly #decoded = new Map<string, Float32Array | null>()
  readonly #scores: Float32Array

  /** @param bytes JSON `{ tags, tagdict, vocab, weights }`; @throws SyntaxError when it is not */
  constructor(bytes: Uint8Array) {
    const file = new JsonTable(bytes)
    this.#tags = file.get('tags') as string[]
    this.#vocabulary = new Set(file.get('vocab') as string[])
    this.#certain = new JsonTable(section(file, 'tagdict'))
    this.#weights = new JsonTable(section(file, 'weights'))
    this.#scores = new Float32Array(this.#tags.length)
  }

  /** The part of speech of each token of a sentence: words, clitics ("n't") and punctuation marks each on their own. */
  tag(tokens: readonly string[]): Tag[] {
    const words = tokens.map((token) => this.#normal(token))
    const tags: Tag[] = []
    let before = '-START-'
    let beforeThat = '-START2-'
    for (const [index, token] of tokens.entries()) {
      const tag =
        (this.#certain.get(token) as string | undefined) ??
        this.#best(featuresOf(token, index, words, before, beforeThat))
      tags.push(tag)
      beforeThat = before
      before = tag
    }
    return tags
  }

  #normal(token: string): string {
    if (token.includes('-') && !token.startsWith('-')) return '!HYPHEN'
    if (/^\d{4}$/.test(token)) return '!YEAR'
    if (/^\d/.test(token)) return '!DIGITS'
    const lower = token.toLowerCase()
    return this.#vocabulary.has(lower) ? lower : `<${shapeOf(token)}>`
  }

  #best(features: readonly string[]): Tag {
    const scores = this.#scores.fill(0)
    for (const feature of features) {
      const weights = this.#weightsOf(feature)
      if (weights === null) continue
      for (let index = 0; index < scores.length; index++) {
        scores[index] = (scores[index] ?? 0) + (weights[index] ?? 0)
      }
    }
    let best = 0
    for (let index = 1; index < scores.length; index++) {
      if ((scores[index] ?? 0) > (scores[best] ?? 0)) best = index
    }
    return this.#tags[best] ?? 'NN'
  }

  #weightsOf(feature: string): Float32Array | null {
    const known = this.#decoded.get(feature)
    if (known !== undefined) return known
    const found = this.#weights.get(feature) as Readonly<Record<Tag, number>> | undefined
    const weights = found === undefined ? null : Float32Array.from(this.#tags, (tag) => found[tag] ?? 0)
    if (this.#decoded.size >= CACHE_SIZE) this.#decoded.clear()
    this.#decoded.set(feature, weights)
    return weights
  }
}

function section(file: JsonTable, name: string): Uint8Array {
  const bytes = file.bytesOf(name)
  if (bytes === undefined) throw new SyntaxError(`Expected the tagger's file to have "${name}"`)
  return bytes
}

function featuresOf(
  token: string,
  index: number,
  words: readonly string[],
  before: Tag,
  beforeThat: Tag,
): readonly string[] {
  const previous = words[index - 1] ?? '-START-'
  const next = words[index + 1] ?? '-END-'
  return [
    'b',
    index === 0 ? 'i0' : 'i+',
    `w=${words[index] ?? ''}`,
    `p1=${token.slice(0, 1)}`,
    `s3=${token.slice(-3)}`,
    `sh=${shapeOf(token)}`,
    `t-1=${before}`,
    `t-2=${beforeThat}`,
    `t-12=${before},${beforeThat}`,
    `w-1=${previous}`,
    `s3-1=${previous.slice(-3)}`,
    `w-2=${words[index - 2] ?? (index === 1 ? '-START-' : '-START2-')}`,
    `w+1=${next}`,
    `s3+1=${next.slice(-3)}`,
    `w+2=${words[index + 2] ?? (index + 1 < words.length ? '-END-' : '-END2-')}`,
  ]
}

/** What a token looks like: Xx, XX, x, xX for letters alone; else its first four characters by kind. */
function shapeOf(token: string): string {
  if (/^\p{L}+$/u.test(token)) {
    if (/^\p{Ll}+$/u.test(token)) return 'x'
    if (/^\p{Lu}\p{Ll}+$/u.test(token)) return 'Xx'
    return /^\p{Lu}+$/u.test(token) ? 'XX' : 'xX'
  }
  if (/\p{Lu}/u.test(token) && /\d/.test(token)) return 'X1'
  return token.slice(0, 4).replace(/\p{L}/gu, 'x').replace(/\d/g, 'd')
}
