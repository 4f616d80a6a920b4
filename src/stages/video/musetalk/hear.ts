import { RESAMPLER_DELAY } from '../../../dsp/resample.js'
import { InputError } from '../../../errors.js'
import type { AudioPacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND, samplesToMicroseconds, type Microseconds } from '../../../pipeline/time.js'
import { untilAborted } from '../../../runtime/cancellation.js'
import type { EngineOf, EngineSession } from '../../../runtime/engine.js'
import type { MusetalkMode } from './contract.js'
import type { HeardFrames } from './ears/heard.js'
import { longestWait } from './ears/hops.js'
import type earsProgram from './ears/program.js'
import { MouthFade } from './mouth-fade.js'

export type EarsEngine = EngineOf<typeof earsProgram>

/** A frame of video and what it hears. */
export interface HeardFrame {
  readonly index: number
  /** `[50, width]` with the positional encoding; memory of its own. */
  readonly tokens: Float32Array<ArrayBuffer>
  /** How much of the drawn mouth is seen, 0–1; at 0 none needs to be drawn. */
  readonly mix: number
}

export interface HearingOptions {
  /** Asked for when a turn begins. */
  readonly ears: () => Promise<Pick<EarsEngine, 'open'>>
  readonly fps: number
  readonly mode: MusetalkMode
  /** Waits until one more frame may be on its way. */
  readonly takePlace: (signal: AbortSignal) => Promise<void>
}

/** Seconds that the published ears wait: a segment, and the rows of the next one that the end of it sees. */
const PUBLISHED_WAIT = 30.5
/** Packets that start further than this from the end of the one before do not belong together. */
const LARGEST_GAP: Microseconds = 20_000
/** Standing against the faces on the same device: nothing can be drawn that has not been heard. */
const PRIORITY = 1

/**
 * Sound to what each frame of video hears. A turn's sound begins at 0, has no gaps and one sample rate; an InputError
 * ends the turn otherwise.
 */
export function hearing({ ears, fps, mode, takePlace }: HearingOptions): Stage<AudioPacket, HeardFrame> {
  return defineStage<AudioPacket, HeardFrame, Hearing>({
    name: 'video/musetalk/ears',
    lookahead: hearingDelay(fps, mode),
    state: () => ({ session: undefined, sampleRate: 0, samples: 0, fade: new MouthFade(fps) }),
    async *process(packet, state, { signal }) {
      const { samples, sampleRate } = packet
      if (state.session === undefined) {
        const engine = await untilAborted(ears(), signal)
        state.session = await engine.open({ sampleRate, fps, mode }, { signal, priority: PRIORITY })
        state.sampleRate = sampleRate
      }
      checkContinuity(packet, state)
      state.samples += samples.length
      for await (const heard of state.session.process(samples)) yield* frames(heard, state, signal)
    },
    async *flush(state, { signal }) {
      if (state.session === undefined) return
      for await (const heard of state.session.flush()) yield* frames(heard, state, signal)
    },
    close: ({ session }) => session?.close(),
  })

  async function* frames(
    { first, tokens, silent, total }: HeardFrames,
    { fade }: Hearing,
    signal: AbortSignal,
  ): AsyncGenerator<HeardFrame> {
    const values = tokens.length / Math.max(1, silent.length)
    for (const [k, flag] of silent.entries()) {
      await takePlace(signal)
      const index = first + k
      const left = total === undefined ? Infinity : total - index
      const mix = mode === 'reference' ? 1 : fade.next(flag === 1, left)
      // Each in memory of its own: a view would take all of it along to the worker that draws.
      yield { index, tokens: tokens.slice(k * values, (k + 1) * values), mix }
    }
  }
}

/** How much sound is held before the frame that belongs to it is known. */
export function hearingDelay(fps: number, mode: MusetalkMode): Microseconds {
  const seconds = mode === 'reference' ? PUBLISHED_WAIT : longestWait(fps) + RESAMPLER_DELAY
  return Math.ceil(seconds * MICROSECONDS_PER_SECOND)
}

interface Hearing {
  /** Opened with the first packet, which decides the rate. */
  session: EngineSession<Float32Array, HeardFrames> | undefined
  sampleRate: number
  samples: number
  readonly fade: MouthFade
}

function checkContinuity({ sampleRate, timestamp }: AudioPacket, state: Hearing): void {
  if (sampleRate !== state.sampleRate) {
    throw new InputError(`sampleRate is ${sampleRate}; the turn began with ${state.sampleRate} Hz.`)
  }
  const expected = samplesToMicroseconds(state.samples, sampleRate)
  if (Math.abs(timestamp - expected) > LARGEST_GAP) {
    throw new InputError(
      `An audio packet's timestamp is ${timestamp} µs; the one before ended at ${expected} µs.`,
    )
  }
}
