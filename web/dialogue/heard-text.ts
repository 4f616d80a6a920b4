/** Words that are said in one breath. */
interface Clause {
  readonly index: number
  readonly text: string
  /** Where it stands in what was written. */
  readonly from: number
}

/** What somebody says, as it is written, and how much of it has been heard. */
export class HeardText {
  readonly #clauses: Clause[] = []
  #written = ''
  #heard = 0

  /** All that has been written so far. */
  get written(): string {
    return this.#written
  }

  /** How much of it has been heard, in characters. */
  get heard(): number {
    return this.#heard
  }

  /** More is written. */
  write(text: string): void {
    this.#written += text
  }

  /**
   * A clause is being said.
   * @param index counts the clauses of a turn
   * @param said how much of it has been heard, in characters
   */
  hear(index: number, text: string, said: number): void {
    const known = this.#clauses.findLast((clause) => clause.index === index)
    const { from } = known ?? this.#place(index, text)
    this.#heard = Math.min(this.#written.length, Math.max(this.#heard, from + said))
  }

  /** All of it has been heard. */
  finish(): void {
    this.#heard = this.#written.length
  }

  /** No more is heard, nor comes. */
  cut(heard = this.#written.slice(0, this.#heard)): void {
    this.#written = heard
    this.#heard = heard.length
  }

  #place(index: number, text: string): Clause {
    const last = this.#clauses.at(-1)
    const after = last === undefined ? 0 : last.from + last.text.length
    // Where a clause is not found as it was written, it follows the one before.
    const found = this.#written.indexOf(text, after)
    const clause = { index, text, from: found < 0 ? after : found }
    this.#clauses.push(clause)
    return clause
  }
}
