import { chain, fork } from './compose.js'
import { measured } from './measure.js'
import type { AudioPacket, FramePacket, GapPacket, MarkPacket, MotionPacket, TextPacket } from './packet.js'
import type { Stage } from './stage.js'

/** What draws the face: an engine that is moved by the 52 weights, or one that hears the sound itself. */
export type FaceVideo =
  | { readonly from: 'motion'; readonly stage: Stage<MotionPacket, FramePacket | GapPacket> }
  | { readonly from: 'audio'; readonly stage: Stage<AudioPacket, FramePacket | GapPacket> }

/** The stages that make a face speak. Leave one out and its output, and all that needs it, is left out too. */
export interface FaceStages<Video extends FaceVideo = FaceVideo> {
  /** Audio → 52 weights. */
  readonly expression?: Stage<AudioPacket, MotionPacket>
  /** 52 weights, or audio → JPEG frames. */
  readonly video?: Video
}

export interface SpeakingStages extends FaceStages {
  /** Whole text → clauses. */
  readonly segment: Stage<TextPacket, TextPacket>
  /** Clauses → audio and marks. */
  readonly speech: Stage<TextPacket, AudioPacket | MarkPacket>
}

export type FaceOutput = AudioPacket | MarkPacket | MotionPacket | FramePacket | GapPacket

/**
 * What frames alone need: motion is made only for a face that does not hear for itself.
 *
 * @param expression loads its engine; not asked where nobody needs it
 */
export async function frameStages<Video extends FaceVideo>(
  video: Video,
  expression: () => Promise<Stage<AudioPacket, MotionPacket>>,
): Promise<FaceStages<Video>> {
  return video.from === 'motion' ? { expression: await expression(), video } : { video }
}

/** What some outputs of a face need: see {@link frameStages}. Engines that nobody needs are not asked to load. */
export async function faceStages<Video extends FaceVideo>(
  wanted: Readonly<Record<'motion' | 'frames', boolean>>,
  engines: {
    readonly expression: () => Promise<Stage<AudioPacket, MotionPacket>>
    readonly video: () => Promise<Video>
  },
): Promise<FaceStages<Video>> {
  if (!wanted.frames) return wanted.motion ? { expression: await engines.expression() } : {}
  if (!wanted.motion) return frameStages(await engines.video(), engines.expression)
  const [expression, video] = await Promise.all([engines.expression(), engines.video()])
  return { expression, video }
}

/**
 * Sound in, sound and face out: `audio ─┬─► audio · └─► expression ─┬─► motion · └─► video ─► frames`, where video
 * hangs on the sound when it hears for itself.
 */
export function faceLine<I extends AudioPacket | MarkPacket>({
  expression,
  video,
}: FaceStages): Stage<I, I | FaceOutput> {
  const motion: Stage<I, I | FaceOutput> =
    expression === undefined
      ? passThrough()
      : fork(
          'audio',
          video?.from === 'motion'
            ? chain(
                measured(expression),
                fork<MotionPacket, 'motion', FramePacket | GapPacket>('motion', measured(video.stage)),
              )
            : measured(expression),
        )
  if (video?.from !== 'audio') return motion
  const both = chain(
    motion,
    fork<I | FaceOutput, 'audio', FramePacket | GapPacket>('audio', measured(video.stage)),
  )
  // The two hang on the sound side by side: neither waits for the other.
  return { ...both, lookahead: Math.max(motion.lookahead, video.stage.lookahead) }
}

/** A recording in, sound and face out: the sound passes through and is reported as coming from `recording`. */
export function recordingLine(stages: FaceStages): Stage<AudioPacket, FaceOutput> {
  const recording: Stage<AudioPacket, AudioPacket> = { ...passThrough<AudioPacket>(), name: 'recording' }
  return chain(measured(recording), faceLine<AudioPacket>(stages))
}

/** Text in, everything out: the whole line. */
export function speakingLine(stages: SpeakingStages): Stage<TextPacket, FaceOutput> {
  return chain(stages.segment, measured(stages.speech), faceLine<AudioPacket | MarkPacket>(stages))
}

function passThrough<I>(): Stage<I, I> {
  return { name: 'pass', lookahead: 0, open: () => (source) => source }
}
