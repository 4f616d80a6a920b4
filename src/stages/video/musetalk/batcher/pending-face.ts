import type { Microseconds } from '../../../../pipeline/time.js'
import { cancellationOf } from '../../../../runtime/cancellation.js'
import type { FaceOrder } from '../face/program.js'
import type { Waiting } from './choose-batch.js'

/** A face that somebody waits for. */
export interface FaceRequest extends FaceOrder {
  /** How long from now until it is needed; asked whenever a batch is chosen. A finite number. */
  readonly slack: () => Microseconds
}

interface Settle {
  readonly resolve: (face: Uint8Array<ArrayBuffer> | undefined) => void
  readonly reject: (error: unknown) => void
}

/** A request from its arrival until it is settled. */
export class PendingFace implements Waiting {
  readonly order: FaceOrder
  readonly slack: () => Microseconds
  #alone = false
  #settled = false
  #leave: (() => void) | undefined

  constructor(
    { latents, index, tokens, slack }: FaceRequest,
    readonly signal: AbortSignal,
    readonly arrived: Microseconds,
    readonly settle: Settle,
  ) {
    this.order = { latents, index, tokens }
    this.slack = slack
  }

  /** Whether it was in a run that failed, and is tried by itself. */
  get alone(): boolean {
    return this.#alone
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Marks it as to be run by itself. */
  byItself(): this {
    this.#alone = true
    return this
  }

  /** Calls back when its signal aborts, unless it has been settled. */
  onCancel(then: () => void): void {
    this.#leave = then
    this.signal.addEventListener('abort', then, { once: true })
  }

  /** Settles it with its face; where its signal has aborted meanwhile, with that. */
  finish(face: Uint8Array<ArrayBuffer> | undefined): void {
    if (this.signal.aborted) this.fail(cancellationOf(this.signal))
    else if (this.#end()) this.settle.resolve(face)
  }

  fail(error: unknown): void {
    if (this.#end()) this.settle.reject(error)
  }

  #end(): boolean {
    if (this.#settled) return false
    this.#settled = true
    if (this.#leave !== undefined) this.signal.removeEventListener('abort', this.#leave)
    return true
  }
}
