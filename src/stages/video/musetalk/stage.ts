import { concatMap, defer, finalize, map, tap } from 'rxjs'
import { InputError } from '../../../errors.js'
import type { AudioPacket, FramePacket, GapPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import type { Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { Places } from '../../remote/places.js'
import type { MusetalkMode } from './contract.js'
import type { MusetalkUse } from './engines.js'
import { hearing, hearingDelay } from './hear.js'
import type { Material } from './material/materials.js'
import { Painting } from './painting.js'

export interface MusetalkStageOptions {
  /** Takes the engines into use for a turn. */
  readonly use: () => MusetalkUse
  /** Whose face: asked for when a turn begins, or with the first frame that somebody wants. */
  readonly material: (signal: AbortSignal) => Promise<Material>
  /** Frames a second, 8–60. MuseTalk has learned 25. */
  readonly fps: number
  /** JPEG quality, 1–100; a function is asked before each frame. */
  readonly quality: number | (() => number)
  readonly mode: MusetalkMode
  /** Whether the frame of this time of the turn is wanted at all. Default: always. */
  readonly wanted?: (timestamp: Microseconds) => boolean
  /** Where a turn's zero lies in the time of the footage's loop. Default: 0. */
  readonly zeroOf?: (turn: Turn) => Microseconds
  /** Frames that may be drawn or composed at once; twice the largest batch keeps a device busy. Default: 16. */
  readonly inFlight?: number
}

const NAME = 'video/musetalk'

/**
 * MuseTalk as a video stage: sound in, JPEG frames out, whose mouths say it.
 *
 * - Frames come in order, at exact multiples of the frame's length from the turn's zero, and the first ones while the
 *   sound goes on; `ceil(duration · fps)` of them. Those that nobody wants are gaps, and cost no run.
 * - `realtime`: the footage goes on from turn to turn, forwards and backwards; the mouth fades in from it and out to it.
 *   Look-ahead: half a second.
 * - `reference`: as published, faults included. Every turn begins with the footage's first frame, and footage of any
 *   rate gives one of its frames for each; `floor(duration · fps) − 1` frames, but one at least. Look-ahead: 30 s.
 * - Loss: none. At most `inFlight` frames are on their way, then the ears wait.
 *
 * @throws InputError for a frame rate outside 8–60.
 */
export function musetalkVideo(options: MusetalkStageOptions): Stage<AudioPacket, FramePacket | GapPacket> {
  const { use, fps, mode, inFlight = 16 } = options
  if (!(fps >= 8 && fps <= 60)) {
    throw new InputError(`fps is ${fps}; MuseTalk draws 8 to 60 frames a second`)
  }
  return {
    name: NAME,
    lookahead: hearingDelay(fps, mode),
    open: (turn) => (sound) =>
      defer(() => {
        const engines = use()
        const places = new Places(inFlight)
        const painting = new Painting(NAME, turn, engines, options)
        const ears = hearing({
          ears: () => engines.ears(),
          fps,
          mode,
          takePlace: (signal) => places.take(signal),
        })
        return sound.pipe(
          ears.open(turn),
          // All that have a place are begun at once, and leave in order.
          map((frame) => painting.begin(frame)),
          concatMap((frame) => frame),
          tap(() => {
            places.give()
          }),
          finalize(() => {
            painting.close()
          }),
        )
      }),
  }
}
