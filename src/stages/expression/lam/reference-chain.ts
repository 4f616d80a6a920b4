import { joinSamples } from '../../../pipeline/join-samples.js'
import { blinkInStream } from './blinks.js'
import { crossFade } from './cross-fade.js'
import type { Draws } from './draws.js'
import { LAM_WINDOW_FRAMES } from './contract.js'
import type { Rows } from './rows.js'
import { smoothed } from './savitzky-golay.js'
import { dampSilences } from './silence.js'
import { ALL_PAIRS, symmetrise } from './symmetry.js'

/**
 * What the published streaming does with the network's rows, chunk by chunk: silences damped, the chunk led out of the
 * pose before it, all smoothed, left and right evened out, blinks written over. It sees the last 64 rows that left.
 */
export class ReferenceChain {
  readonly #draws: Draws
  #rows: Rows = []
  #volumes = new Float32Array(0)

  constructor(draws: Draws) {
    this.#draws = draws
  }

  /**
   * Takes the rows of the next chunk, which are not kept.
   *
   * @param volumes of the chunk: see `frameVolumes`
   * @returns as many rows, final
   */
  process(fresh: Rows, volumes: Float32Array): Rows {
    const processed = this.#rows.length
    const rows = [...this.#rows, ...fresh].map((row) => row.slice())
    const known = joinSamples([this.#volumes, volumes])
    dampSilences(rows, known, processed)
    crossFade(rows, processed)
    const smooth = smoothed(rows)
    symmetrise(smooth, ALL_PAIRS)
    blinkInStream(smooth, processed, this.#draws)
    const final = smooth.slice(processed)
    this.#rows = [...this.#rows, ...final].slice(-LAM_WINDOW_FRAMES)
    this.#volumes = known.slice(-LAM_WINDOW_FRAMES)
    return final
  }
}
