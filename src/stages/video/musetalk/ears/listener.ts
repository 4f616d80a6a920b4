import type { HeardFrames } from './heard.js'
import type { WhisperEncoder } from './whisper-encoder.js'

/** What hears one utterance at 16 kHz. */
export interface Listener {
  /** Takes sound, and gives the frames that can be made out with it. */
  hear(samples: Float32Array): AsyncGenerator<HeardFrames>
  /**
   * Gives the frames that are left, once.
   *
   * @param total frames of the utterance
   */
  end(total: number): AsyncGenerator<HeardFrames>
}

export interface ListenerOptions {
  readonly encoder: WhisperEncoder
  /** Frames of video a second. */
  readonly fps: number
  /** `[50, width]`: what a frame hears in silence, without the encoding. */
  readonly silence: Float32Array
  /** `[50, width]`: the positional encoding. */
  readonly encoding: Float32Array
}
