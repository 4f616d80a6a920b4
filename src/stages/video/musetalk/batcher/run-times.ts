import { medianOf } from '../../../../dsp/median.js'
import type { Microseconds } from '../../../../pipeline/time.js'

/** Runs of a size that are remembered. */
const REMEMBERED = 8

/** What runs of each size have taken lately. */
export class RunTimes {
  readonly #times = new Map<number, Microseconds[]>()

  record(size: number, time: Microseconds): void {
    const times = this.#times.get(size) ?? []
    times.push(time)
    if (times.length > REMEMBERED) times.shift()
    this.#times.set(size, times)
  }

  /** The median of the last runs of a size; of the next larger one where there were none; 0 where nothing is known. */
  of(size: number): Microseconds {
    const known = [...this.#times.keys()].filter((one) => one >= size)
    const times = this.#times.get(Math.min(...known))
    return times === undefined ? 0 : medianOf(Float32Array.from(times), times.length)
  }
}
