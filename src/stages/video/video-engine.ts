import type { FaceVideo } from '../../pipeline/line.js'
import type { AudioPacket, FramePacket, GapPacket, MotionPacket } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'
import type { Microseconds } from '../../pipeline/time.js'
import type { AvatarServices } from '../avatar/job.js'
import type { Life } from '../life.js'
import type { DrawingSession } from './portrait/easel.js'
import type { AvatarPlace, FramedSubject } from './portrait/subject.js'

/** One way to do the video stage. Engines are loaded when they are first asked for, and shared from then on. */
export interface VideoEngine {
  /** A face whose look stays as it is. */
  video(avatar: AvatarPlace | undefined, choice: Required<VideoChoice>): Promise<Video>
  /** A face whose look may change from frame to frame, as far as {@link isLive} says. */
  live(live: LiveLook): Promise<FaceVideo>
  /** Whether pictures may begin, end and change their look within a turn. */
  readonly isLive: boolean
  /** Makes a face ready to be drawn between turns, after those of turns; undefined where that is done elsewhere. */
  readonly open: ((framed: FramedSubject, signal: AbortSignal) => Promise<DrawingSession>) | undefined
  /** Makes what it needs of an avatar beyond its pictures, when one is created; undefined where it needs nothing. */
  readonly prepare?: AvatarServices['prepare']
  /** Makes the built-in face ready to speak at once; undefined where it is when the engine is loaded. */
  readonly prewarm?: () => Promise<void>
  /** Gives back what it holds of the device's memory, where no turn uses it. */
  release(): Promise<void>
}

/** A face: its stage, what moves it, and the measures of its frames. */
export type Video = FrameMeasures &
  (
    | { readonly from: 'motion'; readonly stage: Stage<MotionPacket, FramePacket> }
    | { readonly from: 'audio'; readonly stage: Stage<AudioPacket, FramePacket | GapPacket> }
  )

export interface FrameMeasures {
  /** Frames a second. */
  readonly fps: number
  /** Width and height of every frame in pixels. */
  readonly width: number
  readonly height: number
}

/** What a turn may choose about its pictures. */
export interface VideoChoice {
  /** JPEG quality, 10 to 95. Default: the configuration's. */
  readonly quality?: number
  /** Frames a second, 8 to 60. Default: the configuration's. */
  readonly fps?: number
  /**
   * Width and height in pixels of the frames of the built-in face and of portraits; a video's have its own. Default:
   * the configuration's.
   */
  readonly size?: number
}

/** How pictures look at a moment. */
export interface Look extends Required<VideoChoice> {
  /** Whose face; undefined is the built-in one. */
  readonly avatar: AvatarPlace | undefined
}

/** Pictures that may change while they are made. */
export interface LiveLook {
  /** Asked for each frame. Engines that cannot change within a turn ask at its beginning. */
  readonly look: () => Look
  /**
   * Whether anybody takes the frame of this time of the turn, asked before each is drawn. Those that nobody does are
   * left out.
   */
  readonly wanted: (timestamp: Microseconds) => boolean
  /** What the turns are a part of. */
  readonly life: Life
  /** Told why a look that was asked for within a turn cannot be drawn; the one before it stays. */
  readonly onFailure: (error: unknown) => void
}
