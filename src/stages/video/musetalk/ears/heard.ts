import type { MusetalkMode } from '../contract.js'

/** How a session of the ears is opened. */
export interface EarsInit {
  /** Hz of the samples that follow. */
  readonly sampleRate: number
  /** Frames of video a second. */
  readonly fps: number
  readonly mode: MusetalkMode
}

/** Frames of video that the ears have made out, one after the other. */
export interface HeardFrames {
  /** Number of the first, counted from 0; each item goes on where the last one ended. */
  readonly first: number
  /** `[frames, 50, width]` with the positional encoding; frames may be 0 in the last item. */
  readonly tokens: Float32Array<ArrayBuffer>
  /** One for each frame: 1 where there is nothing but silence to hear. */
  readonly silent: Uint8Array<ArrayBuffer>
  /** Frames of the whole utterance: in the last item, once its sound has ended. */
  readonly total?: number
}
