/** Follows the resident memory of this process, its workers included. */
export class ResidentMemory {
  readonly #samples: number[] = []
  readonly #timer: NodeJS.Timeout

  constructor(everyMs = 100) {
    this.#timer = setInterval(() => {
      this.#samples.push(process.memoryUsage.rss())
    }, everyMs)
  }

  /** Stops and returns the samples in MiB. */
  stop(): readonly number[] {
    clearInterval(this.#timer)
    return this.#samples.map((bytes) => bytes / 2 ** 20)
  }
}
