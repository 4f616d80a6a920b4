/**
 * A way of writing and how it is said. `say` gets the whole match and then its groups; a group that took no part is
 * undefined, so its parameter has a default. What it returns is final as far as it holds no digits or signs.
 */
export interface Rule {
  readonly written: RegExp
  readonly say: (...groups: string[]) => string
}

/** Applies rules one after the other, each to the whole text. */
export function applyRules(text: string, rules: readonly Rule[]): string {
  let said = text
  for (const { written, say } of rules) {
    said = said.replace(written, (...groups) => say(...(groups as string[])))
  }
  return said
}

/** A pattern that is any of the words of a table, longest first, as they are. */
export function anyOf(words: Iterable<string>): string {
  return [...words]
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('|')
}
