import { messageOf, OverloadError, PhizError, UnavailableError } from '../../../../errors.js'
import { systemClock, type Clock, type Microseconds } from '../../../../pipeline/time.js'
import { cancellationOf } from '../../../../runtime/cancellation.js'
import type { EngineOf, EngineSession } from '../../../../runtime/engine.js'
import { isOutOfMemory } from '../face/out-of-memory.js'
import type faceProgram from '../face/program.js'
import type { DrawnFaces, FaceBatch } from '../face/program.js'
import { BatchSizes } from './batch-sizes.js'
import { chooseBatch } from './choose-batch.js'
import { PendingFace, type FaceRequest } from './pending-face.js'
import { RunTimes } from './run-times.js'

export type FaceEngine = EngineOf<typeof faceProgram>

/** A run that has ended well. */
export interface FaceRun {
  /** Faces that somebody had asked for. */
  readonly faces: number
  /** Size of the batch. */
  readonly size: number
  readonly duration: Microseconds
}

/** Calls back after a time; the result calls it off. */
export type Timer = (after: Microseconds, then: () => void) => () => void

export interface FaceBatcherOptions {
  readonly engine: Pick<FaceEngine, 'open'>
  /** The device's name, for messages. */
  readonly device: string
  /** Sizes of runs, ascending; the last is the largest. */
  readonly sizes: readonly number[]
  /** Whether runs of any size up to the largest are welcome; else they are filled up to one of the sizes. */
  readonly exact: boolean
  /** Told of every run that has ended well. */
  readonly onRun?: (run: FaceRun) => void
  readonly clock?: Clock
  readonly timer?: Timer
}

/** Faces that may wait: more than all turns together ask for, as each waits for its own. */
const MOST_WAITING = 4096

/**
 * Draws the faces of all turns on one device, those that wait together in one run.
 *
 * - Never idle while somebody waits, but for the few milliseconds in which company may come: see {@link chooseBatch}.
 * - A face whose turn is cancelled leaves the queue at once; one that is being drawn is drawn to its end.
 * - What does not fit into the device's memory is drawn again in smaller batches, which are kept to from then on.
 * - A run that fails is tried once more, each of its faces by itself, in a session of its own: neither the death of a
 *   worker nor one bad face fails the faces of others.
 */
export class FaceBatcher {
  readonly #options: FaceBatcherOptions
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #sizes: BatchSizes
  readonly #times = new RunTimes()
  /** In the order of arrival. */
  #waiting: PendingFace[] = []
  #running: Promise<void> | undefined
  #session: Promise<EngineSession<FaceBatch, DrawnFaces>> | undefined
  #callOff: (() => void) | undefined
  readonly #ending = new AbortController()

  constructor(options: FaceBatcherOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#timer = options.timer ?? systemTimer
    this.#sizes = new BatchSizes(options.sizes, options.exact)
  }

  /** The largest batch that it runs now. */
  get largestBatch(): number {
    return this.#sizes.most
  }

  /** Faces that wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /**
   * Draws one face.
   *
   * @returns RGB of 256 × 256, in memory of its own; undefined when it came out as a single colour and is not to be
   * shown.
   * @throws CancelledError when the signal aborts: at once while it waits, after the run while it is drawn;
   * UnavailableError when not even one face fits into the device's memory; InferenceError when it failed twice;
   * OverloadError when too many wait
   */
  draw(request: FaceRequest, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (signal.aborted) return Promise.reject(cancellationOf(signal))
    if (this.#ending.signal.aborted) return Promise.reject(cancellationOf(this.#ending.signal))
    if (this.#waiting.length >= MOST_WAITING) {
      return Promise.reject(new OverloadError(`${MOST_WAITING} faces wait to be drawn, which is the limit.`))
    }
    return new Promise((resolve, reject) => {
      const entry = new PendingFace(request, signal, this.#clock.now(), { resolve, reject })
      entry.onCancel(() => {
        const place = this.#waiting.indexOf(entry)
        if (place < 0) return
        this.#waiting.splice(place, 1)
        entry.fail(cancellationOf(signal))
      })
      this.#waiting.push(entry)
      this.#lookSoon(0)
    })
  }

  /** Takes no more, fails those who wait, and resolves when the run under way has ended. */
  async close(): Promise<void> {
    this.#ending.abort(new UnavailableError('MuseTalk has been unloaded.'))
    this.#callOff?.()
    for (const entry of this.#waiting.splice(0)) entry.fail(cancellationOf(this.#ending.signal))
    await this.#running
    await this.#leaveSession()
  }

  /** Looks after a time, and not before everybody who asks at this moment has asked. */
  #lookSoon(after: Microseconds): void {
    this.#callOff?.()
    this.#callOff = this.#timer(after, () => {
      this.#callOff = undefined
      this.#look()
    })
  }

  #look(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return
    const { batch, wait } = chooseBatch(this.#waiting, this.#clock.now(), {
      most: this.#sizes.most,
      runTime: (count) => this.#times.of(this.#sizes.sizeOf(count)),
    })
    if (wait > 0) {
      this.#lookSoon(wait)
      return
    }
    this.#waiting = this.#waiting.filter((entry) => !batch.includes(entry))
    this.#running = this.#run(batch).finally(() => {
      this.#running = undefined
      this.#look()
    })
  }

  /** Never rejects. */
  async #run(batch: readonly PendingFace[]): Promise<void> {
    const size = this.#sizes.sizeOf(batch.length)
    const begun = this.#clock.now()
    try {
      const faces = await this.#process({ orders: batch.map(({ order }) => order), size })
      const duration = this.#clock.now() - begun
      this.#times.record(size, duration)
      this.#options.onRun?.({ faces: batch.length, size, duration })
      for (const [k, entry] of batch.entries()) entry.finish(faces[k])
    } catch (error) {
      await this.#recover(batch, size, error)
    }
  }

  async #process(batch: FaceBatch): Promise<DrawnFaces> {
    const { engine } = this.#options
    this.#session ??= engine.open(null, { signal: this.#ending.signal })
    const session = await this.#session
    for await (const faces of session.process(batch)) return faces
    throw new Error('The face program ended without faces')
  }

  async #recover(batch: readonly PendingFace[], size: number, error: unknown): Promise<void> {
    // A session that has failed once fails for good. The next one finds a fresh worker, where this one's is gone.
    await this.#leaveSession()
    if (isOutOfMemory(messageOf(error))) {
      if (this.#sizes.tooLarge(size)) this.#again(batch)
      else for (const entry of batch) entry.fail(this.#noMemory(error))
      return
    }
    for (const entry of batch) if (entry.alone || isFinal(error)) entry.fail(error)
    this.#again(batch.filter((entry) => !entry.settled).map((entry) => entry.byItself()))
  }

  /** Puts what was being drawn back in front. */
  #again(batch: readonly PendingFace[]): void {
    const ending = this.#ending.signal
    for (const entry of batch) {
      if (entry.signal.aborted) entry.fail(cancellationOf(entry.signal))
      else if (ending.aborted) entry.fail(cancellationOf(ending))
    }
    this.#waiting.unshift(...batch.filter((entry) => !entry.settled))
  }

  #noMemory(cause: unknown): UnavailableError {
    return new UnavailableError(
      `The memory of ${this.#options.device} does not hold MuseTalk's run of a single face. Free memory on it, ` +
        'export the model in half precision, or use another device.',
      { cause },
    )
  }

  async #leaveSession(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    // A session that could not be opened, or whose worker is gone, has nothing left to close.
    await session?.then((open) => open.close()).catch(ignore)
  }
}

/** What trying again does not change: the model has been disposed, or is being so, or its worker keeps dying. */
function isFinal(error: unknown): boolean {
  return PhizError.isInstance(error) && (error.code === 'unavailable' || error.code === 'cancelled')
}

const systemTimer: Timer = (after, then) => {
  if (after === 0) {
    const soon = setImmediate(then)
    return () => {
      clearImmediate(soon)
    }
  }
  const later = setTimeout(then, after / 1000)
  return () => {
    clearTimeout(later)
  }
}

function ignore(): void {
  // It was on its way out.
}
