/** Those who want to be told of something. */
export class Followers<Values extends readonly unknown[]> {
  readonly #listeners = new Set<(...values: Values) => void>()

  /** Listens. It may be handed on without its object. @returns stops listening */
  readonly add = (listener: (...values: Values) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(...values: Values): void {
    for (const listener of this.#listeners) listener(...values)
  }
}
