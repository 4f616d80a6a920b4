import type { MarkPacket } from '../../pipeline/packet.js'
import type { Microseconds } from '../../pipeline/time.js'
import { heardText } from '../../stages/reply/heard.js'

/** A clause and when it is heard. */
export interface Caption {
  /** Counted from 0 in each turn. */
  readonly index: number
  readonly text: string
  readonly timestamp: Microseconds
  /** Left out until the clause's sound is whole. */
  readonly duration?: Microseconds
}

/** The clauses of one turn, from the marks that speech sets around them. */
export class Captions {
  readonly #all: Caption[] = []

  /** Takes a mark, and gives its clause: as it begins, or with its duration as it ends. */
  take({ mark, text = '', timestamp }: MarkPacket): Caption {
    const last = this.#all.at(-1)
    if (mark === 'segment-start' || last === undefined) {
      const begun = { index: this.#all.length, text, timestamp }
      this.#all.push(begun)
      return begun
    }
    const ended = { ...last, duration: timestamp - last.timestamp }
    this.#all[last.index] = ended
    return ended
  }

  /**
   * The words that were heard.
   * @param position how far the sound was played
   * @param made how far it was made: the end, for now, of a clause that is not whole
   */
  heard(position: Microseconds, made: Microseconds): string {
    const whole = this.#all.map((caption) => ({
      duration: Math.max(1, made - caption.timestamp),
      ...caption,
    }))
    return heardText(whole, position)
  }
}
