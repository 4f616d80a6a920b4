import { cutTokens, timedWindow, type FirstRow } from '../audio-window.js'
import { AUDIO_ROWS_PER_SECOND, ROWS_PER_FRAME, TOKENS_PER_FRAME } from '../contract.js'
import type { HeardFrames } from './heard.js'
import { hopsOf, SAMPLES_PER_ROW, type Hop } from './hops.js'
import type { Listener, ListenerOptions } from './listener.js'
import { RollingSound } from './rolling-sound.js'
import { SilenceFade } from './silence-fade.js'
import { SEGMENT_ROWS } from './whisper-encoder.js'

/** Rows before a frame's own that are kept when the segment moves on: 10 s. */
const LEFT_CONTEXT = 10 * AUDIO_ROWS_PER_SECOND

/**
 * Hears an utterance while it goes on. Whisper is given what there is of it, again and again, a few frames further each
 * time: see {@link hopsOf}. Up to 30 s everything, at the place where offline it would be; after that a segment that
 * moves on by 20 s at a time and keeps 10.
 *
 * - The frames depend on the sound and its rate only, not on how it is cut.
 * - Where nothing is to be heard the tokens go over into those of silence, always the same ones, so that the mouth keeps
 *   still.
 */
export class RollingListener implements Listener {
  readonly #options: ListenerOptions
  readonly #firstRow: FirstRow
  readonly #hops: Generator<Hop, never>
  readonly #fade: SilenceFade
  readonly #sound = new RollingSound()
  #hop: Hop
  /** Samples so far. */
  #heard = 0

  constructor(options: ListenerOptions) {
    const { fps } = options
    this.#options = options
    this.#firstRow = timedWindow(fps)
    this.#hops = hopsOf(fps)
    this.#fade = new SilenceFade(fps)
    this.#hop = this.#hops.next().value
  }

  async *hear(samples: Float32Array): AsyncGenerator<HeardFrames> {
    for (let at = 0; at < samples.length;) {
      this.#moveOn(this.#hop, this.#hop.needs)
      const piece = samples.subarray(at, at + this.#hop.needs - this.#heard)
      this.#sound.append(piece)
      this.#heard += piece.length
      at += piece.length
      if (this.#heard < this.#hop.needs) return
      yield await this.#hearHop(this.#hop)
      this.#hop = this.#hops.next().value
    }
  }

  async *end(total: number): AsyncGenerator<HeardFrames> {
    const { first } = this.#hop
    const rest = { first, count: total - first }
    const needs = (this.#firstRow(total - 1) + ROWS_PER_FRAME) * SAMPLES_PER_ROW
    this.#moveOn(rest, needs)
    yield { ...(await this.#hearHop(rest)), total }
  }

  /** Makes room in the segment for sound up to `needs`. */
  #moveOn({ first }: Pick<Hop, 'first'>, needs: number): void {
    if (!this.#sound.holds(needs)) this.#sound.moveTo(this.#firstRow(first) - LEFT_CONTEXT)
  }

  async #hearHop({ first, count }: Pick<Hop, 'first' | 'count'>): Promise<HeardFrames> {
    const { encoder, silence, encoding } = this.#options
    const values = TOKENS_PER_FRAME * encoder.width
    const tokens = new Float32Array(count * values)
    const silent = new Uint8Array(count)
    if (count === 0) return { first, tokens, silent }
    const states = await encoder.encode(this.#sound.mel)
    for (let k = 0; k < count; k++) {
      const frame = tokens.subarray(k * values, (k + 1) * values)
      const row = this.#firstRow(first + k)
      const weight = this.#fade.next(this.#sound.isSilent(row))
      cutTokens(states, SEGMENT_ROWS, row - this.#sound.origin, encoder.width, frame)
      for (let i = 0; i < values; i++) frame[i]! += weight * (silence[i]! - frame[i]!) + encoding[i]!
      if (weight === 1) silent[k] = 1
    }
    return { first, tokens, silent }
  }
}
