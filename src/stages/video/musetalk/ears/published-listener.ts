import { WHISPER_SAMPLES, WhisperMel } from '../../../../dsp/whisper-mel.js'
import { cutTokens, publishedRate, publishedWindow, type FirstRow } from '../audio-window.js'
import { AUDIO_ROWS_PER_SECOND, MUSETALK_SAMPLE_RATE, ROWS_PER_FRAME, TOKENS_PER_FRAME } from '../contract.js'
import type { HeardFrames } from './heard.js'
import type { Listener, ListenerOptions } from './listener.js'

/** Frames in one item: 1 s of tokens is 2 MB at the published width. */
const MOST_FRAMES = 25
/** Rows of a segment that frames of the next one see, at the most: 2 ⌈50 / 8⌉ and what is between two frames. */
const KEPT_ROWS = 32

/**
 * Hears an utterance as MuseTalk was published: in segments of 30 s, each by itself, whose states are then one row of
 * 50 a second; frames see windows of it, and zeros beyond its ends. Its faults are kept, too:
 *
 * - the rate loses its fraction, and windows come early below 25 frames a second: see {@link publishedWindow};
 * - the last frame is never shown, so that there is one less than the sound has; but one, where there is sound.
 */
export class PublishedListener implements Listener {
  readonly #options: ListenerOptions
  readonly #rate: number
  readonly #firstRow: FirstRow
  /** The segment that is not complete yet. */
  readonly #segment = new WhisperMel()
  /** Samples so far. */
  #heard = 0
  /** Frames that have been given. */
  #given = 0
  /** The end of the last segment and the one that was encoded last, from row `#base` of the utterance on. */
  #states = new Float32Array(0)
  #base = 0

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#rate = publishedRate(options.fps)
    this.#firstRow = publishedWindow(this.#rate)
  }

  async *hear(samples: Float32Array): AsyncGenerator<HeardFrames> {
    for (let at = 0; at < samples.length;) {
      const room = WHISPER_SAMPLES - (this.#heard % WHISPER_SAMPLES)
      const piece = samples.subarray(at, at + room)
      this.#segment.append(piece)
      this.#heard += piece.length
      at += piece.length
      if (piece.length < room) return
      await this.#encode()
      const known = this.#rows
      // The last one is not given before it is known not to be the last of all.
      const most = this.#frames - 1
      let frames = this.#given
      while (frames < most && this.#firstRow(frames) + ROWS_PER_FRAME <= known) frames++
      yield* this.#give(frames)
    }
  }

  async *end(): AsyncGenerator<HeardFrames> {
    if (this.#heard % WHISPER_SAMPLES > 0) await this.#encode()
    const total = Math.max(Math.min(1, this.#heard), this.#frames - 1)
    yield* this.#give(total)
    yield { first: total, tokens: new Float32Array(0), silent: new Uint8Array(0), total }
  }

  /** Frames of the sound so far, in double precision as the original counts them. */
  get #frames(): number {
    return Math.floor((this.#heard / MUSETALK_SAMPLE_RATE) * this.#rate)
  }

  /** Rows of the sound so far that count. */
  get #rows(): number {
    return Math.floor((this.#heard / MUSETALK_SAMPLE_RATE) * AUDIO_ROWS_PER_SECOND)
  }

  async #encode(): Promise<void> {
    const { encoder } = this.#options
    const next = await encoder.encode(this.#segment)
    this.#segment.clear()
    const kept = this.#states.subarray(-KEPT_ROWS * encoder.rowValues)
    this.#base += (this.#states.length - kept.length) / encoder.rowValues
    const states = new Float32Array(kept.length + next.length)
    states.set(kept)
    states.set(next, kept.length)
    this.#states = states
  }

  *#give(until: number): Generator<HeardFrames> {
    const { encoder, encoding } = this.#options
    const values = TOKENS_PER_FRAME * encoder.width
    while (this.#given < until) {
      const first = this.#given
      const count = Math.min(MOST_FRAMES, until - first)
      const tokens = new Float32Array(count * values)
      for (let k = 0; k < count; k++) {
        const frame = tokens.subarray(k * values, (k + 1) * values)
        const row = this.#firstRow(first + k) - this.#base
        cutTokens(this.#states, this.#rows - this.#base, row, encoder.width, frame)
        for (let i = 0; i < values; i++) frame[i]! += encoding[i]!
      }
      this.#given += count
      yield { first, tokens, silent: new Uint8Array(count) }
    }
  }
}
