import type { FaceVideo } from '../pipeline/line.js'
import type { AudioPacket, FramePacket, MotionPacket, TextPacket, VoiceStyle } from '../pipeline/packet.js'
import type { Stage } from '../pipeline/stage.js'
import type { AvatarServices } from './avatar/job.js'
import type { Emotion } from './expression/emotion.js'
import type { ExpressionChoice } from './expression/expression-engine.js'
import type { FilmMaker } from './film/film.js'
import type { WaitingClock } from './rest/pace.js'
import type { VoiceSeparation } from './separation/voice-separation.js'
import type { Speech } from './speech/load-voice.js'
import type { AvatarPlace } from './video/portrait/subject.js'
import type { LiveLook, Video, VideoChoice } from './video/video-engine.js'

export { MOTION_FPS, type ExpressionChoice } from './expression/expression-engine.js'
export type { Speech } from './speech/load-voice.js'
export type { FrameMeasures, LiveLook, Look, Video, VideoChoice } from './video/video-engine.js'

/** The face between turns. */
export interface Idle extends Omit<LiveLook, 'wanted'> {
  readonly emotion: () => Emotion | undefined
  /** What is wanted, asked for each moment. Without both it ends. */
  readonly wants: (kind: 'motion' | 'frame') => boolean
  /** Default: the process's. */
  readonly clock?: WaitingClock
}

/**
 * The one place where stages are made, so that an endpoint cannot differ from the line that it is a part of. Every
 * method loads its engine when it is first asked for and shares it from then on.
 */
export interface Catalogue {
  /** @param firstLength what the first clause aims at: see `SegmentOptions` */
  segment(firstLength?: number): Stage<TextPacket, TextPacket>
  speech(): Promise<Speech>
  expression(choice?: ExpressionChoice): Promise<Stage<AudioPacket, MotionPacket>>
  /**
   * @param avatar whose face; the built-in one when left out
   * @param choice what differs from the configuration for this turn
   */
  video(avatar?: AvatarPlace, choice?: VideoChoice): Promise<Video>
  /** A face whose look may change from frame to frame. */
  liveVideo(live: LiveLook): Promise<FaceVideo>
  /** The life of a face between turns: see `idleLife`. */
  idle(idle: Idle, signal: AbortSignal): AsyncIterable<MotionPacket | FramePacket>
  /** What may begin, end and change its look within a turn; the rest is for a whole turn what it is at its beginning. */
  readonly live: Readonly<Record<'motion' | 'frames', boolean>>
  /** Pictures that are made to speak, as finished films. */
  film(): FilmMaker
  /** The voice in a sound, out of its background: see `VoiceFilter`. */
  separation(): Promise<VoiceSeparation>
  /**
   * The pitch and pace of a recorded speaker, for the voice to take on: see `recordedStyle`.
   * @param name what errors call the recording; its path when left out
   */
  recordedStyle(path: string, signal: AbortSignal, name?: string): Promise<VoiceStyle>
  /** Makes what the video engine needs of an avatar beyond its pictures; undefined where it needs nothing. */
  readonly prepareAvatar?: AvatarServices['prepare']
  /** Makes the built-in face ready to speak at once; undefined where it is when the video engine is loaded. */
  readonly prewarmFace?: (() => Promise<void>) | undefined
  /**
   * Gives back what the engines hold of the device's memory, where no turn uses them; the next turn loads them anew.
   * Resolves when it is free.
   */
  release(): Promise<void>
  /** Which engine does each stage, for people to read. */
  readonly engines: Readonly<Record<'speech' | 'expression' | 'video', string>>
}
