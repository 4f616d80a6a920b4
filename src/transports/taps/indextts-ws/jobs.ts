import { OverloadError } from '../../../errors.js'

/** A piece of work that waits for its turn. */
export interface Job {
  /** Whether it may begin now; while it may not, those behind it go first. */
  mayBegin(): boolean
  /** Does the work to its real end. Never rejects. */
  run(): Promise<void>
}

/** Runs one job at a time, in order of arrival. */
export class JobQueue {
  readonly #limit: number
  readonly #waiting: Job[] = []
  #running: Promise<void> | undefined

  /** @param limit jobs that may wait */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Jobs that wait, for inspection. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Whether no more jobs are taken. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#limit
  }

  /**
   * Lines a job up, and begins it if it may.
   * @throws OverloadError when the queue is full
   */
  add(job: Job): void {
    if (this.isFull) throw new OverloadError(`${this.#limit} jobs wait already; no more are taken.`)
    this.#waiting.push(job)
    this.advance()
  }

  /** Takes a job out that has not begun. */
  remove(job: Job): void {
    const place = this.#waiting.indexOf(job)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  /** Begins the next job if none runs. To be called when a job's {@link Job.mayBegin} may have changed. */
  advance(): void {
    if (this.#running !== undefined) return
    const place = this.#waiting.findIndex((job) => job.mayBegin())
    if (place < 0) return
    const [job] = this.#waiting.splice(place, 1)
    this.#running = job!.run().finally(() => {
      this.#running = undefined
      this.advance()
    })
  }

  /** Resolves when no job runs. Take out the waiting ones first. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }
}
