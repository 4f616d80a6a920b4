import {
  concat,
  concatMap,
  defer,
  finalize,
  from,
  mergeMap,
  Observable,
  of,
  type OperatorFunction,
} from 'rxjs'
import { InputError } from '../../../errors.js'
import type { FramePacket, GapPacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { StageWork } from '../../../pipeline/work.js'
import type { EngineOf } from '../../../runtime/engine.js'
import { Easel } from './easel.js'
import { MotionResampler, type FrameMotion } from './motion-resampler.js'
import type program from './program.js'
import type { FramedSubject } from './subject.js'

export type PortraitEngine = EngineOf<typeof program>

/** Whose frames are drawn, how many of them, and how they are packed. */
export interface PortraitLook extends FramedSubject {
  /** Frames a second, 8–60. */
  readonly fps: number
  /** JPEG quality, 1–100. */
  readonly quality: number
}

export interface PortraitStageOptions extends PortraitLook {
  /** Workers with the portrait's program: see program.ts. */
  readonly engine: PortraitEngine
  /** Frames that may be drawn or encoded at once. Default: 4. */
  readonly inFlight?: number
}

export interface LivePortraitOptions extends Pick<PortraitStageOptions, 'engine' | 'inFlight'> {
  /** The look of the next frame. */
  readonly look: () => PortraitLook
  /** Whether the frame of this time of the turn is wanted at all. Default: always. */
  readonly wanted?: (timestamp: Microseconds) => boolean
  /** Told why a look that was asked for within a turn cannot be drawn. Default: nobody is. */
  readonly onFailure?: (error: unknown) => void
  /** Where a turn's zero lies in the time of the face's breathing and of filmed loops. Default: 0. */
  readonly zeroOf?: (turn: Turn) => Microseconds
}

export const MIN_FPS = 8
export const MAX_FPS = 60

const NAME = 'video/portrait'

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
  checkRate(options.fps)
  // Every frame is wanted: there are no gaps.
  return livePortraitStage({ ...options, look: () => options }) as Stage<MotionPacket, FramePacket>
}

/**
 * The portrait whose look may change from frame to frame: as {@link portraitStage}, but
 *
 * - another rate counts from the end of the last frame on, without a gap or an overlap;
 * - another subject or size is made ready while the one before is still drawn; where that fails, it stays;
 * - a frame that nobody wants is not drawn: a gap takes its place, and the frames' counter goes on.
 */
export function livePortraitStage(
  options: LivePortraitOptions,
): Stage<MotionPacket, FramePacket | GapPacket> {
  const { engine, look, inFlight = 4, wanted = () => true, onFailure = ignore, zeroOf = () => 0 } = options
  return {
    name: NAME,
    lookahead: Math.round(MICROSECONDS_PER_SECOND / 30),
    open: (turn) => (motion) =>
      defer(() => {
        const easel = new Easel({
          open: ({ subject }) => engine.openPool({ subject }, { signal: turn.signal }),
          onFailure,
          track: (closing) => turn.track(closing),
        })
        // The threads make ready while the first motion is on its way.
        if (wanted(0)) easel.prepare(look())
        const work = new StageWork(turn, NAME)
        const draw = async (frame: FrameMotion): Promise<FramePacket> => {
          const { index, timestamp, duration, weights, rotation } = frame
          const { subject, width, height, quality } = look()
          const seconds = (zeroOf(turn) + timestamp) / MICROSECONDS_PER_SECOND
          const order = { weights, rotation, seconds, quality }
          work.begin()
          try {
            const drawing = await easel.draw({ subject, width, height }, order)
            const base = { turn: turn.id, index, timestamp, duration }
            const packet: FramePacket = { kind: 'frame', ...base, ...drawing }
            work.made(packet)
            return packet
          } finally {
            work.end()
          }
        }
        return motion.pipe(
          resample(() => look().fps),
          mergeMap(
            (frame): Observable<Placed> | Promise<Placed> =>
              wanted(frame.timestamp)
                ? turn.track(draw(frame).then((packet) => ({ place: frame.index, packet })))
                : of({ place: frame.index, packet: gapFor(frame, turn) }),
            inFlight,
          ),
          inOrder(),
          untilAborted(turn.signal),
          finalize(() => {
            easel.close()
          }),
        )
      }),
  }
}

function checkRate(fps: number): void {
  if (Number.isFinite(fps) && fps >= MIN_FPS && fps <= MAX_FPS) return
  throw new InputError(
    `fps is ${String(fps)}; the portrait draws ${String(MIN_FPS)} to ${String(MAX_FPS)} frames a second`,
  )
}

function gapFor({ timestamp, duration }: FrameMotion, turn: Turn): GapPacket {
  return { kind: 'gap', of: 'frame', turn: turn.id, timestamp, duration }
}

/** Motion packets to motion at the pictures' moments. */
function resample(fps: () => number): OperatorFunction<MotionPacket, FrameMotion> {
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

/** A packet and its place in the order, counted from 0. */
interface Placed {
  readonly place: number
  readonly packet: FramePacket | GapPacket
}

/** Holds frames that were finished early until those before them have left. */
function inOrder(): OperatorFunction<Placed, FramePacket | GapPacket> {
  return (frames) =>
    defer(() => {
      const early = new Map<number, Placed['packet']>()
      let next = 0
      return frames.pipe(
        concatMap(({ place, packet }) => {
          early.set(place, packet)
          const ready: Placed['packet'][] = []
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
  // Nobody asked to be told.
}
