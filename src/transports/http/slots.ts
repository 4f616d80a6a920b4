import { OverloadError } from '../../errors.js'

/** Requests that hold an upload, bounded: what does not fit is refused before its body is read. */
export class Slots {
  #free: number

  /** @param count uploads at once */
  constructor(readonly count: number) {
    this.#free = count
  }

  /** @throws OverloadError at once, without running `work`, when all slots are taken */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0)
      throw new OverloadError(`${this.count} uploads are being worked on; try again later.`)
    this.#free--
    try {
      return await work()
    } finally {
      this.#free++
    }
  }
}
