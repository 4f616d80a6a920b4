import type { AvatarObserver, AvatarProgress } from '../../stages/avatar/job.js'
import type { CreationLine } from './protocol.js'

/**
 * The body of an answer that tells how a creation goes, a JSON object a line. Of a phase at most a hundred steps are
 * told, so that a client that reads slowly makes nothing grow.
 */
export class CreationLines implements Pick<AvatarObserver, 'onProgress' | 'onWarning'> {
  readonly body: ReadableStream<Uint8Array>
  /** Resolves with the first line: from then on there is something to answer. */
  readonly begun: Promise<void>
  readonly #encoder = new TextEncoder()
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #begin!: () => void
  #hasBegun = false
  #isOver = false
  #phase: AvatarProgress['phase'] | undefined
  #percent = -1

  /** @param onLeft told when the reader gives up */
  constructor(onLeft: () => void) {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve
    })
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
      },
      cancel: () => {
        this.#isOver = true
        onLeft()
      },
    })
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  readonly onProgress = ({ phase, done, total }: AvatarProgress): void => {
    const percent = Math.floor((done / total) * 100)
    if (phase === this.#phase && percent === this.#percent) return
    this.#phase = phase
    this.#percent = percent
    this.#write({ type: 'progress', phase, done, total })
  }

  readonly onWarning = (message: string): void => {
    this.#write({ type: 'warning', message })
  }

  /** Writes the last line. */
  end(line: CreationLine): void {
    this.#write(line)
    if (this.#isOver) return
    this.#isOver = true
    this.#controller.close()
  }

  #write(line: CreationLine): void {
    this.#hasBegun = true
    this.#begin()
    if (!this.#isOver) this.#controller.enqueue(this.#encoder.encode(`${JSON.stringify(line)}\n`))
  }
}
