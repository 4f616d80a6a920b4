import { concat, concatMap, defer, finalize, from, mergeMap, Observable, type OperatorFunction } from 'rxjs'
import { InputError } from '../../../errors.js'
import type { FramePacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import type { EngineOf, PoolSession } from '../../../runtime/engine.js'
import { MotionResampler, type FrameMotion } from './motion-resampler.js'
import type { FrameMoment } from './painter.js'
import type program from './program.js'
import type { Subject } from './subject.js'

export type PortraitEngine = EngineOf<typeof program>

export interface PortraitStageOptions {
  /** Workers with the portrait's program: see program.ts. */
  readonly engine: PortraitEngine
  /** Frames a second, 8–60. */
  readonly fps: number
  readonly subject: Subject
  /** Width and height of the subject's frames in pixels. */
  readonly width: number
  readonly height: number
  /** JPEG quality, 1–100. */
  readonly quality: number
  /** Frames that may be drawn or encoded at once. Default: 4. */
  readonly inFlight?: number
}

export const MIN_FPS = 8
export const MAX_FPS = 60

/**
 * The portrait as a video stage: motion in, JPEG frames out.
 *
 * - Frames come in order, at exact multiples of the frame's length from the turn's zero; `ceil(duration * fps)` of
 *   them. The first leaves as soon as it is drawn.
 * - Look-ahead: one motion packet.
 * - Loss: none. At most `inFlight` frames are being made; motion waits in front, bounded by the flow window.
 *
 * @throws InputError for a frame rate outside 8–60.
 */
export function portraitStage(options: PortraitStageOptions): Stage<MotionPacket, FramePacket> {
  const { engine, fps, subject, width, height, quality, inFlight = 4 } = options
  if (!Number.isFinite(fps) || fps < MIN_FPS || fps > MAX_FPS) {
    throw new InputError(
      `fps is ${String(fps)}; the portrait draws ${String(MIN_FPS)} to ${String(MAX_FPS)} frames a second`,
    )
  }
  return {
    name: 'video/portrait',
    lookahead: Math.round(MICROSECONDS_PER_SECOND / 30),
    open: (turn) => (motion) =>
      defer(() => {
        const opening = engine.openPool({ subject, quality }, { signal: turn.signal })
        // A turn that ends before its first frame leaves the failure of opening to nobody else.
        opening.catch(ignore)
        const draw = async (frame: FrameMotion): Promise<FramePacket> => ({
          kind: 'frame',
          turn: turn.id,
          index: frame.index,
          timestamp: frame.timestamp,
          duration: frame.duration,
          data: await drawOne(await opening, frame),
          width,
          height,
        })
        return motion.pipe(
          resample(fps),
          mergeMap((frame) => turn.track(draw(frame)), inFlight),
          inOrder(),
          untilAborted(turn.signal),
          finalize(() => {
            void turn.track(opening.then((pool) => pool.close(), ignore))
          }),
        )
      }),
  }
}

async function drawOne(pool: PoolSession<FrameMoment, Uint8Array>, frame: FrameMotion): Promise<Uint8Array> {
  const { weights, rotation, timestamp } = frame
  const input = { weights, rotation, seconds: timestamp / MICROSECONDS_PER_SECOND }
  for await (const jpeg of pool.process(input)) return jpeg
  throw new Error('The portrait program ended without a frame')
}

/** Motion packets to motion at the pictures' moments. */
function resample(fps: number): OperatorFunction<MotionPacket, FrameMotion> {
  return (motion) =>
    defer(() => {
      const resampler = new MotionResampler(fps)
      return concat(
        motion.pipe(concatMap((packet) => from(resampler.push(packet)))),
        defer(() => from(resampler.flush())),
      )
    })
}

/** Fails the stream when the signal aborts, also while nothing flows. */
function untilAborted<T>(signal: AbortSignal): OperatorFunction<T, T> {
  return (source) =>
    new Observable<T>((output) => {
      const fail = (): void => {
        output.error(signal.reason)
      }
      if (signal.aborted) {
        fail()
        return
      }
      signal.addEventListener('abort', fail, { once: true })
      output.add(() => {
        signal.removeEventListener('abort', fail)
      })
      output.add(source.subscribe(output))
    })
}

/** Holds frames that were finished early until those before them have left. */
function inOrder(): OperatorFunction<FramePacket, FramePacket> {
  return (frames) =>
    defer(() => {
      const early = new Map<number, FramePacket>()
      let next = 0
      return frames.pipe(
        concatMap((frame) => {
          early.set(frame.index, frame)
          const ready: FramePacket[] = []
          for (let due = early.get(next); due; due = early.get(next)) {
            early.delete(next++)
            ready.push(due)
          }
          return ready
        }),
      )
    })
}

function ignore(): void {
  // The frames that needed the pool have failed with the same error.
}
