import { InputError } from '../../../errors.js'
import { chain } from '../../../pipeline/compose.js'
import type { AudioPacket, FramePacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage, type StageContext } from '../../../pipeline/stage.js'
import { framesToMicroseconds, MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import { Places } from '../../remote/places.js'
import { Drawing, type DrawingOptions } from './drawing.js'
import type { PictureSize } from './jpeg-size.js'
import { LONGEST_PIECE, SoundCutter, type SoundPiece } from './sound-cutter.js'

/** Pieces at the server at once: while the frames of one come, the next is begun. */
const MOST_PIECES = 2

/** A piece on its way to being frames. */
interface Ordered {
  readonly drawing: Drawing
  readonly firstFrame: number
}

/**
 * Sound to JPEG frames by a MuseTalk server, which hears for itself. The protocols name a file, so that the sound goes
 * in pieces, cut where it is quiet: see {@link SoundCutter}.
 *
 * - Frames: at exact multiples of the frame's length from the turn's zero, `ceil(duration * fps)` of them.
 * - Look-ahead: a piece of up to 1.4 s, below the 2 s of a turn's window.
 * - The server's face begins anew with each piece.
 * - The stream fails with an UnavailableError naming the server when it is away, falls silent, or fails.
 */
export function remoteVideo(options: DrawingOptions): Stage<AudioPacket, FramePacket> {
  const { fps } = options
  return {
    name: 'video/remote',
    lookahead: Math.round((LONGEST_PIECE + 0.1) * MICROSECONDS_PER_SECOND),
    open: (turn) => {
      const places = new Places(MOST_PIECES)
      return chain(ordering(options, places), taking(fps, places)).open(turn)
    },
  }
}

/**
 * The measures of a server's frames: asked for with a moment of silence.
 * @throws UnavailableError when the server cannot be reached or fails
 */
export async function measureFrames(options: DrawingOptions, signal: AbortSignal): Promise<PictureSize> {
  const sampleRate = 16_000
  const frames = Math.ceil(options.fps / 4)
  const silence = new Float32Array(Math.floor((frames * sampleRate) / options.fps))
  const stop = new AbortController()
  const drawing = new Drawing(options, silence, sampleRate, frames, AbortSignal.any([signal, stop.signal]))
  try {
    for await (const { width, height } of drawing.frames()) return { width, height }
    throw new Error('A drawing has at least one frame.')
  } finally {
    stop.abort()
    await drawing.ended
  }
}

/** Begins each piece as soon as its sound is there. */
function ordering(options: DrawingOptions, places: Places): Stage<AudioPacket, Ordered> {
  return defineStage<AudioPacket, Ordered, { cutter: SoundCutter | undefined }>({
    name: 'video/order',
    state: () => ({ cutter: undefined }),
    async *process({ samples, sampleRate }, state, context) {
      // The first packet decides the rate.
      const cutter = (state.cutter ??= new SoundCutter(sampleRate, options.fps))
      if (sampleRate !== cutter.sampleRate) {
        throw new InputError(
          `A turn has one sample rate; this one began at ${cutter.sampleRate} Hz, now ${sampleRate}.`,
        )
      }
      for (const piece of cutter.push(samples)) yield await order(piece, sampleRate, context)
    },
    async *flush({ cutter }, context) {
      if (cutter === undefined) return
      for (const piece of cutter.flush()) yield await order(piece, cutter.sampleRate, context)
    },
  })

  async function order(
    { samples, firstFrame, frames }: SoundPiece,
    sampleRate: number,
    { turn, signal }: StageContext,
  ): Promise<Ordered> {
    await places.take(signal)
    // It outlives this stage's own signal, which ends with its input, but not the turn.
    const drawing = new Drawing(options, samples, sampleRate, frames, turn.signal)
    void turn.track(drawing.ended)
    return { drawing, firstFrame }
  }
}

/** Takes the frames of each piece as they come, and times them. */
function taking(fps: number, places: Places): Stage<Ordered, FramePacket> {
  return defineStage<Ordered, FramePacket, undefined>({
    name: 'video/take',
    state: () => undefined,
    async *process({ drawing, firstFrame }, _state, { turn }) {
      let index = firstFrame
      for await (const { data, width, height } of drawing.frames()) {
        const timestamp = framesToMicroseconds(index, fps)
        const end = framesToMicroseconds(index + 1, fps)
        yield {
          kind: 'frame',
          turn: turn.id,
          index,
          timestamp,
          duration: end - timestamp,
          data,
          width,
          height,
        }
        index += 1
      }
      places.give()
    },
  })
}
