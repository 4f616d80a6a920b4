import { BLENDSHAPE_COUNT, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { LAM_FRAME_RATE, LAM_SAMPLE_RATE, lamFrames } from './contract.js'
import { FrameLevels } from './frame-levels.js'
import { HELD_BACK, longestOf, windowEnds, windowFor, type Hops } from './hops.js'
import type { LamStream, RunWindow } from './lam-stream.js'
import { QuietGate } from './quiet-gate.js'
import { blendFrom, rowsOf, type Rows } from './rows.js'
import { smoothRow, SMOOTHING_REACH } from './savitzky-golay.js'
import { SoundHistory } from './sound-history.js'
import { MUSCLE_PAIRS, symmetrise } from './symmetry.js'

/** What speech moves, and silence stills. */
const MOUTH = BLENDSHAPE_NAMES.flatMap((name, channel) =>
  /^(jaw|mouth|tongue|cheekPuff|noseSneer)/.test(name) ? [channel] : [],
)
/** No sound, for what the gate hears behind the end. */
const NOTHING = -Infinity

/**
 * The network on a stream, with the faults of its published streaming mended:
 *
 * - each window holds the sound that really came before, not silence;
 * - the last frames of a window are held back until the next one has heard what follows them, and the two predictions
 *   of the same frames are blended, where a stale pose was before;
 * - the smoothing has its right side: the window's own frames beyond those that leave;
 * - left and right are evened out in the muscles, not in the movements to a side;
 * - the mouth is shut while nothing is said, and opens before its sound.
 *
 * Where the windows lie depends on the place in the stream alone, so that the same sound gives the same rows however it
 * is cut.
 */
export class RealtimeStream implements LamStream {
  readonly #run: RunWindow
  readonly #hops: Hops
  readonly #window: Float32Array<ArrayBuffer>
  readonly #history: SoundHistory
  readonly #levels = new FrameLevels()
  readonly #gate = new QuietGate(HELD_BACK)
  /** How far the mouth is free in the frames that have not left. */
  readonly #free: number[] = []
  readonly #ends: Generator<number, never>
  /** Frames heard at the next run. */
  #next: number
  /** Rows that have left. */
  #left = 0
  /** The last of them before smoothing, and what the last window made of those that it held back. */
  #before: Rows = []
  #held: Rows = []

  constructor(run: RunWindow, hops: Hops) {
    const { samples } = longestOf(hops.windows)
    this.#run = run
    this.#hops = hops
    this.#window = new Float32Array(samples)
    this.#history = new SoundHistory(samples)
    this.#ends = windowEnds(hops)
    this.#next = this.#ends.next().value
  }

  async *process(samples: Float32Array): AsyncGenerator<Float32Array<ArrayBuffer>> {
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, samplesIn(this.#next) - this.#history.end)
      this.#hear(samples.subarray(at, at + count))
      at += count
      if (this.#history.end < samplesIn(this.#next)) return
      const heard = this.#next
      this.#next = this.#ends.next().value
      yield this.#leave(await this.#predict(heard), heard - HELD_BACK)
    }
  }

  async *flush(): AsyncGenerator<Float32Array<ArrayBuffer>> {
    const frames = lamFrames(this.#history.end)
    this.#levels.end(this.#onLevel)
    for (let i = 0; i < HELD_BACK; i++) this.#onLevel(NOTHING)
    if (frames === this.#left) return
    // Where the sound ends with a window, nothing follows that a further one could hear.
    const isHeard = frames === this.#left + this.#held.length
    yield this.#leave(isHeard ? this.#held : await this.#predict(frames), frames)
  }

  /** @param samples at most as many as lead to the next window */
  #hear(samples: Float32Array): void {
    this.#history.push(samples)
    this.#levels.push(samples, this.#onLevel)
  }

  readonly #onLevel = (level: number): void => {
    const free = this.#gate.next(level)
    if (free !== undefined) this.#free.push(free)
  }

  /** What the window that ends with frame `heard` makes of all rows that have not left, those held back blended. */
  async #predict(heard: number): Promise<Rows> {
    const fresh = heard - this.#left
    const { frames, samples } = windowFor(fresh, heard, this.#hops)
    const window = this.#window.subarray(0, samples)
    this.#history.read(samplesIn(heard) - samples, window)
    const rows = rowsOf(await this.#run(window)).slice(frames - fresh)
    for (const [i, held] of this.#held.entries()) blendFrom(held, rows[i]!, (i + 1) / (this.#held.length + 1))
    return rows
  }

  /** Finishes the rows of the stream up to `end`, of `rows` that begin where the last ones left. */
  #leave(rows: Rows, end: number): Float32Array<ArrayBuffer> {
    const { length } = this.#before
    const context = [...this.#before, ...rows]
    const count = end - this.#left
    const matrix = new Float32Array(count * BLENDSHAPE_COUNT)
    const leaving = rowsOf(matrix)
    for (const [i, row] of leaving.entries()) {
      smoothRow(context, length + i, row)
      const free = this.#free[i]!
      for (const channel of MOUTH) row[channel]! *= free
    }
    symmetrise(leaving, MUSCLE_PAIRS)
    this.#free.splice(0, count)
    this.#before = context.slice(0, length + count).slice(-SMOOTHING_REACH)
    this.#held = rows.slice(count)
    this.#left = end
    return matrix
  }
}

/** Samples in a number of frames; a part of a sample is one. */
function samplesIn(frames: number): number {
  return Math.ceil((frames * LAM_SAMPLE_RATE) / LAM_FRAME_RATE)
}
