import PQueue from 'p-queue'
import { cancellationOf } from './cancellation.js'

/** How a job stands in the queue. */
export interface QueueOptions {
  /** Takes a job out of the queue while it waits; a job that has begun is not touched. */
  readonly signal: AbortSignal
  /** Higher goes first; equal ones in order of arrival. For playout deadlines: minus the deadline. Default 0. */
  readonly priority?: number
}

/**
 * Slots of something that only so many may use at once: a device, or one worker. A slot is held from the start of a
 * job until the job has really ended, whatever happened to the signal meanwhile, because a native run cannot be
 * interrupted. (p-queue's own `signal` and `timeout` free the slot early, so they are never passed to it.)
 *
 * The queue's length is bounded by its users: an engine session has one step outstanding at most.
 */
export class DeviceQueue {
  readonly #queue: PQueue

  /** @param concurrency - Slots: how many jobs may run at once, at least 1. */
  constructor(concurrency: number) {
    this.#queue = new PQueue({ concurrency })
  }

  /** Jobs that hold a slot now. */
  get running(): number {
    return this.#queue.pending
  }

  /** Jobs that wait for a slot. */
  get waiting(): number {
    return this.#queue.size
  }

  /**
   * Runs a job when a slot is free.
   *
   * @returns The job's result. Rejects with the signal's error, at once, if it aborts before the job has begun; the
   * job then never runs.
   */
  run<T>(job: () => Promise<T>, { signal, priority = 0 }: QueueOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        reject(cancellationOf(signal))
      }
      if (signal.aborted) {
        leave()
        return
      }
      signal.addEventListener('abort', leave, { once: true })
      const slot = async () => {
        signal.removeEventListener('abort', leave)
        if (signal.aborted) return
        try {
          resolve(await job())
        } catch (error) {
          reject(error)
        }
      }
      void this.#queue.add(slot, { priority })
    })
  }

  /** Resolves when no job runs or waits. */
  async idle(): Promise<void> {
    await this.#queue.onIdle()
  }
}
