import { InferenceError, InputError, ModelLoadError, PhizError, messageOf } from '../errors.js'
import { isDeviceLost } from './device-loss.js'
import type { WorkerHandle } from './launch.js'
import type { Reply, Request, RequestBody } from './protocol.js'
import { reviveError } from './wire-error.js'

interface Waiting {
  readonly op: RequestBody['op']
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

/**
 * Requests to one living worker. When the worker ends, everything that waits fails, and so does all that follows. A
 * process that has lost its device for good is ended here.
 */
export class Connection {
  readonly #model: string
  readonly #handle: WorkerHandle
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #lastSession = 0
  #death: InferenceError | undefined
  /** Resolves when the worker listens; never, if it ends first. */
  readonly #ready: Promise<void>

  constructor(model: string, handle: WorkerHandle) {
    this.#model = model
    this.#handle = handle
    this.#ready = new Promise((resolve) => {
      handle.channel.listen(
        (message) => {
          const reply = message as Reply
          if (reply.id === 0) resolve()
          else this.#settle(reply)
        },
        (error) => {
          // Whose reply it was cannot be read either.
          this.#failAll(new InferenceError(`Model "${model}": a reply cannot be read: ${messageOf(error)}.`))
        },
      )
    })
    void handle.ended.then((how) => {
      this.#die(`its worker is gone: ${how}.`)
    })
  }

  /** Whether the worker has ended, or is being ended. */
  get dead(): boolean {
    return this.#death !== undefined
  }

  /** A number for a new session, unique on this connection. */
  nextSession(): number {
    return ++this.#lastSession
  }

  /** Resolves when the worker listens. Rejects with a ModelLoadError when it ends before. */
  async ready(): Promise<void> {
    const death = this.#handle.ended.then((how) => {
      throw new ModelLoadError(`Model "${this.#model}": its worker did not start: ${how}.`)
    })
    await Promise.race([this.#ready, death])
  }

  /**
   * Sends a request.
   *
   * @returns The reply, when the worker has really done what was asked.
   * @throws The program's error: of its own class if it is one of phiz, else an InferenceError (ModelLoadError for
   * `load`); an InferenceError when the worker dies; an InputError when the request cannot be cloned.
   */
  request(body: RequestBody, transfer?: readonly ArrayBufferLike[]): Promise<Reply> {
    if (this.#death !== undefined) return Promise.reject(this.#death)
    const id = ++this.#lastId
    return new Promise<Reply>((resolve, reject) => {
      try {
        this.#handle.channel.post({ ...body, id } satisfies Request, transfer)
      } catch (error) {
        reject(
          new InputError(`Model "${this.#model}": the input cannot be sent: ${messageOf(error)}`, {
            cause: error,
          }),
        )
        return
      }
      this.#waiting.set(id, { op: body.op, resolve, reject })
    })
  }

  #die(how: string): void {
    this.#death ??= new InferenceError(`Model "${this.#model}": ${how}`)
    this.#failAll(this.#death)
  }

  #failAll(error: InferenceError): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.error === undefined) {
      waiting?.resolve(reply)
      return
    }
    waiting?.reject(this.#errorOf(reviveError(reply.error), waiting.op))
    if (this.#handle.kill === undefined || !isDeviceLost(reply.error.message)) return
    this.#die(`its process has lost the device, and is ended: ${reply.error.message}`)
    this.#handle.kill()
  }

  #errorOf(error: Error, op: RequestBody['op']): PhizError {
    if (PhizError.isInstance(error)) return error
    return op === 'load'
      ? new ModelLoadError(`Model "${this.#model}" cannot be loaded: ${error.message}`, { cause: error })
      : new InferenceError(`Model "${this.#model}" failed: ${error.message}`, { cause: error })
  }
}
