/** One task after the other, in the order of the calls. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()

  /** Starts `task` when all tasks before it have ended, well or not; resolves or rejects as it does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => undefined)
    return result
  }
}
