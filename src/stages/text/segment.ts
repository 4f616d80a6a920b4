import { boundaryAt, speakingLength, widthAt } from './boundary.js'
import type { Boundary } from './boundary.js'
import { isSpeakable } from './clean.js'

export interface SegmentOptions {
  /**
   * Aim for the first segment, in letters (a Chinese character counts as three): it is cut at a clause when its
   * sentence is longer, so that the first sound comes early. Default 40, about 3 s of speech.
   */
  readonly firstLength?: number
  /** A longer sentence is cut at a clause, else between words, else anywhere. Default 150, about 10 s of speech. */
  readonly maxLength?: number
}

export const DEFAULT_FIRST_LENGTH = 40
export const DEFAULT_MAX_LENGTH = 150

/** A first clause shorter than this ("Oh,") is worth no cut: speech falls apart into single words. */
const SHORTEST_CLAUSE = 8

/**
 * Cuts a text that arrives in pieces into segments to be spoken one after the other: a short first one, then
 * sentences.
 *
 * - A segment leaves as soon as what follows can no longer change its end: "3." waits for what comes, for it may
 *   become "3.14".
 * - Segments keep the characters of the text, emoji behind a sentence included, with white space made single.
 * - Pieces in which nothing can be heard join the segment that follows, or vanish at the end.
 *
 * Expects text from `cleanText`, whose line breaks are all `\n`. At most `maxLength` letters and the last piece are
 * held.
 */
export class Segmenter {
  readonly #firstLength: number
  readonly #maxLength: number
  #pending = ''
  #isFirst = true

  /** @throws RangeError when a length is not positive */
  constructor(options: SegmentOptions = {}) {
    this.#firstLength = checked('firstLength', options.firstLength ?? DEFAULT_FIRST_LENGTH)
    this.#maxLength = checked('maxLength', options.maxLength ?? DEFAULT_MAX_LENGTH)
  }

  /** Adds a piece of text and returns the segments that are complete now. */
  push(text: string): string[] {
    this.#pending += text
    return this.#drain(false)
  }

  /** Returns what is left. The next piece begins a new sentence, but not a new first segment. */
  flush(): string[] {
    return this.#drain(true)
  }

  #drain(isFinal: boolean): string[] {
    const segments: string[] = []
    let start = 0
    while (start < this.#pending.length) {
      const end = this.#segmentEnd(this.#pending, start, isFinal)
      if (end === undefined) break
      const segment = this.#pending.slice(start, end).replace(/\s+/g, ' ').trim()
      start = end
      if (!isSpeakable(segment)) continue
      segments.push(segment)
      this.#isFirst = false
    }
    this.#pending = this.#pending.slice(start)
    return segments
  }

  /** Where the segment that begins at `start` ends; undefined when more text must be seen. */
  #segmentEnd(text: string, start: number, isFinal: boolean): number | undefined {
    const scan = new Scan(this.#isFirst ? this.#firstLength : this.#maxLength, this.#maxLength)
    let index = start
    while (index < text.length) {
      const boundary = boundaryAt(text, index, start)
      const isOpen = boundary !== undefined && boundary.end >= text.length && !isFinal
      const next = boundary?.end ?? index + widthAt(text, index)
      scan.add(text, index, next)
      index = next
      const end = boundary === undefined || isOpen ? undefined : scan.consider(boundary)
      if (end !== undefined) return end
      if (scan.isFull) return scan.bestCut(index)
      if (isOpen) return undefined
    }
    return isFinal ? scan.lastCut(text.length) : undefined
  }
}

/** One walk along a text towards the end of a segment. */
class Scan {
  readonly #aim: number
  readonly #max: number
  #length = 0
  #isHeard = false
  #early: number | undefined
  #clause: number | undefined
  #word: number | undefined

  constructor(aim: number, max: number) {
    this.#aim = Math.min(aim, max)
    this.#max = max
  }

  get isFull(): boolean {
    return this.#length >= this.#max
  }

  add(text: string, from: number, to: number): void {
    for (const character of text.slice(from, to)) {
      this.#length += speakingLength(character)
      this.#isHeard ||= isSpeakable(character)
    }
  }

  /** Takes note of a boundary that the walk has just passed; returns where to cut when that is decided. */
  consider({ end, kind }: Boundary): number | undefined {
    if (!this.#isHeard) return undefined
    if (kind === 'word') this.#word = end
    if (this.#length > this.#aim && this.#early !== undefined) return this.#early
    if (kind === 'sentence') return end
    if (kind !== 'clause') return undefined
    this.#clause = end
    if (this.#length <= this.#aim && this.#length >= SHORTEST_CLAUSE) this.#early = end
    return this.#aim < this.#max && this.#length > this.#aim ? end : undefined
  }

  /** The best cut of a sentence that is too long and was walked up to `index`. */
  bestCut(index: number): number {
    return this.#clause ?? this.#word ?? index
  }

  /** The cut when the text has ended at `end`. */
  lastCut(end: number): number {
    return this.#aim < this.#max && this.#length > this.#aim ? (this.#early ?? end) : end
  }
}

function checked(name: string, length: number): number {
  if (length > 0) return length
  throw new RangeError(`Expected ${name} to be a positive number of letters, got ${length}`)
}

/** Cuts a whole text: see {@link Segmenter}. */
export function segment(text: string, options?: SegmentOptions): string[] {
  const segmenter = new Segmenter(options)
  return [...segmenter.push(text), ...segmenter.flush()]
}
