/** Words and when they are said, in microseconds of the turn. */
export interface Caption {
  /** Counts the captions of a turn. */
  readonly index: number
  readonly text: string
  readonly timestamp: number
  /** Left out until it is known. */
  readonly duration?: number
}

/** A caption at a moment. */
export interface CaptionNow {
  readonly caption: Caption
  /** How much of it has been said, in characters, with the whole of the word that is being said. */
  readonly said: number
}

/** Captions that a turn may hold: an hour of speech. */
const CAPACITY = 2000

/** Microseconds that a character takes while nothing better is known: some 15 a second, and 4 of Chinese. */
const CHARACTER = 66_000
const HAN_CHARACTER = 240_000

/** The captions of one turn. The last one said stays until the next begins: a pause does not empty the screen. */
export class CaptionTrack {
  readonly #captions: Caption[] = []

  /** Takes a caption, in place of the one with the same index. Beyond the capacity the oldest is forgotten. */
  add(caption: Caption): void {
    const known = this.#captions.findLastIndex(({ index }) => index <= caption.index)
    const replaces = this.#captions[known]?.index === caption.index
    this.#captions.splice(replaces ? known : known + 1, replaces ? 1 : 0, caption)
    if (this.#captions.length > CAPACITY) this.#captions.shift()
  }

  /** What is being said, or was said last; undefined before the first. */
  at(now: number): CaptionNow | undefined {
    const caption = this.#captions.findLast(({ timestamp }) => timestamp <= now)
    if (caption === undefined) return undefined
    return { caption, said: saidOf(caption, now) }
  }

  clear(): void {
    this.#captions.length = 0
  }
}

/** Speech runs evenly enough within a clause for its words to be told apart by their share of its length. */
function saidOf({ text, timestamp, duration = guessOf(text) }: Caption, now: number): number {
  const share = duration <= 0 ? 1 : (now - timestamp) / duration
  if (share >= 1) return text.length
  const reached = Math.max(0, Math.ceil(share * text.length))
  if (reached === 0) return 0
  // Chinese has no spaces: there every character is a word.
  const restOfWord = /^[\p{Script=Latin}\p{M}\p{N}'’-]*/u.exec(text.slice(reached))?.[0].length ?? 0
  return reached + restOfWord
}

function guessOf(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0
  return han * HAN_CHARACTER + (text.length - han) * CHARACTER
}
