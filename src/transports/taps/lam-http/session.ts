import { CancelledError } from '../../../errors.js'
import { Serial } from '../../../media/serial.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import type { Telemetry } from '../../../pipeline/telemetry.js'
import { microsecondsToMilliseconds, systemClock, type Clock } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import type { Animation } from './animation-text.js'
import { decodeChunk, openChunk } from './chunk-sound.js'
import { MotionStream } from './motion-stream.js'

export interface SessionOptions {
  readonly id: string
  /** Identity 0–11, fixed for the session. */
  readonly identity: number
  /** The face in the style of an identity. */
  readonly expression: (identity: number) => Promise<Stage<AudioPacket, MotionPacket>>
  readonly fps: number
  readonly telemetry: Telemetry
  /** Tells when the session was last used. */
  readonly clock: Clock
  readonly maxChunkSeconds: number
}

/** One streaming session: chunks in order, one at a time, each answered with its frames. */
export class Session {
  readonly id: string
  readonly identity: number
  readonly #options: SessionOptions
  readonly #serial = new Serial()
  readonly #turn: Turn
  #stream: { readonly motion: MotionStream; readonly sampleRate: number } | undefined
  #chunks = 0
  #waiting = 0
  #lastUsed: number
  #failed = false

  constructor(options: SessionOptions) {
    this.id = options.id
    this.identity = options.identity
    this.#options = options
    this.#turn = new Turn({ id: `lam-${options.id}`, telemetry: options.telemetry })
    this.#lastUsed = options.clock.now()
  }

  /** Whether its turn has failed: there is nothing to be had from it any more. */
  get failed(): boolean {
    return this.#failed
  }

  /** Microseconds for which nothing was asked of it; 0 while a chunk is under way. */
  get idle(): number {
    return this.#waiting > 0 ? 0 : this.#options.clock.now() - this.#lastUsed
  }

  /**
   * Takes the next chunk, after those that came before it.
   * @throws MediaError or InputError when it is no sound, or too long; the session then goes on as if it had not come
   */
  async chunk(bytes: Uint8Array): Promise<Animation> {
    this.#waiting++
    try {
      return await this.#serial.run(() => this.#infer(bytes))
    } finally {
      this.#waiting--
      this.#lastUsed = this.#options.clock.now()
    }
  }

  /** Ends the session after the chunks that are under way; resolves when its work has really ended. */
  close(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#failed) await this.#stream?.motion.cancel()
      else await this.#stream?.motion.finish()
    })
  }

  /** Ends the session at once; resolves when its work has really ended. */
  async cancel(): Promise<void> {
    this.#turn.cancel(new CancelledError('The session was ended.'))
    await this.#serial.run(async () => this.#stream?.motion.cancel())
  }

  async #infer(bytes: Uint8Array): Promise<Animation> {
    this.#turn.signal.throwIfAborted()
    const startedAt = systemClock.now()
    const { file, sampleRate } = await openChunk(bytes)
    // The first chunk sets the rate of the turn; samples of the same rate go through untouched, with no seam.
    const samples = await decodeChunk(
      file,
      this.#stream?.sampleRate ?? sampleRate,
      this.#options.maxChunkSeconds,
    )
    const { motion } = (this.#stream ??= await this.#start(sampleRate))
    const packets = await motion.push(samples).catch((error: unknown) => {
      this.#failed = true
      throw error
    })
    return {
      frames: packets.map(({ weights }) => weights),
      fps: this.#options.fps,
      seconds: microsecondsToMilliseconds(systemClock.now() - startedAt) / 1000,
      chunk: { sessionId: this.id, index: ++this.#chunks },
    }
  }

  async #start(sampleRate: number): Promise<{ readonly motion: MotionStream; readonly sampleRate: number }> {
    const expression = await this.#options.expression(this.identity)
    this.#turn.signal.throwIfAborted()
    const motion = new MotionStream({ turn: this.#turn, expression, sampleRate, fps: this.#options.fps })
    return { motion, sampleRate }
  }
}
