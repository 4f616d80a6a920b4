import { BLENDSHAPE_COUNT } from '../pipeline/blendshapes.js'
import type { AudioPacket, FramePacket, MotionPacket, TextPacket } from '../pipeline/packet.js'
import { endOf } from '../pipeline/packet.js'
import { defineStage, type Stage } from '../pipeline/stage.js'
import { framesToMicroseconds, samplesToMicroseconds, type Microseconds } from '../pipeline/time.js'

/** What a fake stage has done, for assertions. Shared by all turns of the stage. */
export interface FakeLog {
  /** States opened and not closed yet. */
  open: number
  /** Outputs made, over all turns. */
  made: number
  /** End of the last output made, in media time. */
  position: Microseconds
}

export interface FakeOptions {
  readonly log?: FakeLog
  /** Called before each output with its index in the turn; may wait, or throw to fail the turn. */
  readonly beforeOutput?: (index: number, signal: AbortSignal) => Promise<void> | void
}

export function fakeLog(): FakeLog {
  return { open: 0, made: 0, position: 0 }
}

interface FakeState {
  made: number
  end: Microseconds
}

function fakeState(log: FakeLog | undefined): FakeState {
  if (log !== undefined) log.open += 1
  return { made: 0, end: 0 }
}

async function beforeOutput(options: FakeOptions, state: FakeState, signal: AbortSignal): Promise<void> {
  const waiting = options.beforeOutput?.(state.made, signal)
  if (waiting !== undefined) await waiting
  state.made += 1
}

function made(options: FakeOptions, end: Microseconds): void {
  if (options.log === undefined) return
  options.log.made += 1
  options.log.position = end
}

const FAKE_SAMPLE_RATE = 16_000
const FAKE_PACKET_SAMPLES = FAKE_SAMPLE_RATE / 10

/** A voice that says each character as 100 ms of silence, at 16 kHz, and keeps to the turn's flow window. */
export function fakeSpeech(options: FakeOptions = {}): Stage<TextPacket, AudioPacket> {
  return defineStage<TextPacket, AudioPacket, FakeState>({
    name: 'speech',
    state: () => fakeState(options.log),
    async *process(text, state, { turn, signal, admit }) {
      for (let remaining = text.text.length; remaining > 0; remaining -= 1) {
        const timestamp = samplesToMicroseconds(state.made * FAKE_PACKET_SAMPLES, FAKE_SAMPLE_RATE)
        await admit(timestamp)
        await beforeOutput(options, state, signal)
        const end = samplesToMicroseconds(state.made * FAKE_PACKET_SAMPLES, FAKE_SAMPLE_RATE)
        made(options, end)
        yield {
          kind: 'audio',
          turn: turn.id,
          timestamp,
          duration: end - timestamp,
          samples: new Float32Array(FAKE_PACKET_SAMPLES),
          sampleRate: FAKE_SAMPLE_RATE,
        }
      }
    },
    close: () => closed(options.log),
  })
}

/** A face that rests: motion at `fps` for as long as there is sound. */
export function fakeExpression(
  options: FakeOptions & { readonly fps?: number } = {},
): Stage<AudioPacket, MotionPacket> {
  const fps = options.fps ?? 30
  return defineStage<AudioPacket, MotionPacket, FakeState>({
    name: 'expression',
    state: () => fakeState(options.log),
    async *process(audio, state, { turn, signal }) {
      state.end = endOf(audio)
      while (framesToMicroseconds(state.made + 1, fps) <= state.end) {
        const index = state.made
        await beforeOutput(options, state, signal)
        const timestamp = framesToMicroseconds(index, fps)
        const end = framesToMicroseconds(index + 1, fps)
        made(options, end)
        yield {
          kind: 'motion',
          turn: turn.id,
          timestamp,
          duration: end - timestamp,
          index,
          weights: new Float32Array(BLENDSHAPE_COUNT),
          rotation: [0, 0, 0],
        }
      }
    },
    close: () => closed(options.log),
  })
}

/** A camera that sees nothing: one empty frame for each motion packet. */
export function fakeVideo(options: FakeOptions = {}): Stage<MotionPacket, FramePacket> {
  return defineStage<MotionPacket, FramePacket, FakeState>({
    name: 'video',
    state: () => fakeState(options.log),
    async *process({ turn, timestamp, duration, index }, state, { signal }) {
      await beforeOutput(options, state, signal)
      made(options, timestamp + duration)
      yield { kind: 'frame', turn, timestamp, duration, index, data: new Uint8Array(0), width: 0, height: 0 }
    },
    close: () => closed(options.log),
  })
}

function closed(log: FakeLog | undefined): void {
  if (log !== undefined) log.open -= 1
}

/** Text for {@link fakeSpeech}: one packet of `seconds` × 10 characters. */
export function fakeText(seconds: number, turn = 'turn'): TextPacket {
  return { kind: 'text', turn, timestamp: 0, duration: 0, text: 'a'.repeat(Math.round(seconds * 10)) }
}
