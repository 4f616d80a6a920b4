import { endOf, type FramePacket, type MotionPacket } from '../../pipeline/packet.js'
import { MICROSECONDS_PER_SECOND } from '../../pipeline/time.js'
import type { Emotion } from '../expression/emotion.js'
import { RestingFace } from '../expression/resting-face.js'
import type { Life } from '../life.js'
import { Easel, type DrawingSession } from '../video/portrait/easel.js'
import type { PortraitLook } from '../video/portrait/stage.js'
import type { FramedSubject } from '../video/portrait/subject.js'
import { Pace, type WaitingClock } from './pace.js'

export interface IdleLifeOptions {
  readonly life: Life
  readonly clock: WaitingClock
  /** Any integer, as of the speaking face. */
  readonly seed: number
  /** How the face looks, asked for each frame. */
  readonly look: () => PortraitLook
  readonly emotion: () => Emotion
  /** What is wanted, asked for each frame. */
  readonly wants: (kind: 'motion' | 'frame') => boolean
  /** Makes a subject ready to be drawn; undefined where pictures come from elsewhere. */
  readonly open: ((framed: FramedSubject, signal: AbortSignal) => Promise<DrawingSession>) | undefined
  /** Told why another look that was asked for cannot be drawn. */
  readonly onFailure: (error: unknown) => void
}

/** A face that nobody listens to needs no more frames than this a second. */
const MOST_FPS = 30

/** The turn that packets of the time between turns name. */
const IDLE_TURN = 'idle'

/**
 * The life of a face between turns: motion and pictures at the pace of the clock, on the time line of its {@link Life}.
 *
 * - Pulled: the next moment is that of the clock when the last packet was taken. Moments that passed meanwhile are left
 *   out; nothing is drawn ahead and nothing waits.
 * - One picture is drawn at a time, and only while pictures are wanted. The motion of a moment comes before its picture.
 * - Ends when nothing is wanted any more, or with the signal's reason when it aborts. Either way the drawing threads
 *   have let go when it has ended.
 */
export async function* idleLife(
  options: IdleLifeOptions,
  signal: AbortSignal,
): AsyncGenerator<MotionPacket | FramePacket, void, undefined> {
  const { life, clock, look, emotion, wants, open } = options
  const pace = new Pace(clock, life.time)
  const closings: Promise<void>[] = []
  const easel = easelFor(options, closings, signal)
  let face: RestingFace | undefined
  let rate = 0
  try {
    for (;;) {
      const draws = open !== undefined && wants('frame')
      if (!draws && !wants('motion')) return
      const { quality, fps, ...framed } = look()
      const beatRate = Math.min(MOST_FPS, fps)
      if (beatRate !== rate) face = undefined
      rate = beatRate
      face ??= new RestingFace({ fps: rate, seed: options.seed, mood: life.mood })
      const { index, timestamp, duration } = await pace.next(rate, signal)
      const { weights, rotation } = face.at(timestamp, emotion())
      const base = { turn: IDLE_TURN, index, timestamp, duration }
      life.reach(endOf(base))
      if (wants('motion')) yield { kind: 'motion', ...base, weights, rotation }
      if (!draws) continue
      const order = { weights, rotation, seconds: timestamp / MICROSECONDS_PER_SECOND, quality }
      yield { kind: 'frame', ...base, ...(await easel.draw(framed, order)) }
    }
  } finally {
    easel.close()
    await Promise.all(closings)
  }
}

function easelFor(
  { open, onFailure }: IdleLifeOptions,
  closings: Promise<void>[],
  signal: AbortSignal,
): Easel {
  return new Easel({
    open: (framed) =>
      open === undefined ? Promise.reject(new Error('Nobody draws here')) : open(framed, signal),
    onFailure,
    track: (closing) => closings.push(closing),
  })
}
