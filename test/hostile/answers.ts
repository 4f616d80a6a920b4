import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** What answers to strangers must not hold: stacks, places of source files, what stands in files of the machine. */
const SECRETS = /node_modules|node:internal|\.[cm]?[jt]s:\d+|\n\s*at .+[:(]|root:x?:0:0|phiz\/(?:src|dist)\//

/** Looks at every answer of a server, and keeps those that tell too much. */
export class Answers {
  count = 0
  readonly indiscreet: string[] = []
  readonly #places: readonly string[]

  /** @param places folders of the server that no client knows of */
  constructor(places: readonly string[]) {
    this.#places = [...places, REPOSITORY]
  }

  add(text: string): void {
    this.count += 1
    if (SECRETS.test(text) || this.#places.some((place) => text.includes(place))) {
      this.indiscreet.push(text.slice(0, 500))
    }
  }
}
