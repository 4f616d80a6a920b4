/** Milliseconds that a slider rests before the server is told. */
const SETTLE = 120

/** Hands on the last of many changes, when they have come to rest. */
export class Settling<Change> {
  readonly #onChange: (change: Change) => void
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor(onChange: (change: Change) => void) {
    this.#onChange = onChange
  }

  /** Whether a change has not been handed on yet. */
  get busy(): boolean {
    return this.#waiting !== undefined
  }

  change(change: Change): void {
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined
      this.#onChange(change)
    }, SETTLE)
  }
}
