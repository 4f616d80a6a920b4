import { map } from 'rxjs'
import type { Settings, StreamName } from '../../client/protocol.js'
import { chain } from '../../pipeline/compose.js'
import {
  faceStages,
  recordingLine,
  speakingLine,
  type FaceOutput,
  type FaceStages,
} from '../../pipeline/line.js'
import type { AudioPacket, TextPacket, VoiceStyle } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'
import type { Microseconds } from '../../pipeline/time.js'
import type { Catalogue, Look } from '../../stages/catalogue.js'
import type { Life } from '../../stages/life.js'
import { ANSWER_FIRST_LENGTH } from '../../stages/reply/feed.js'
import type { AvatarPlace } from '../../stages/video/portrait/subject.js'
import { emotionOf } from './settings.js'

/** What a turn's line is made for. */
export interface LineChoice {
  readonly settings: Settings
  /** The avatar that the settings name; undefined is the built-in face. */
  readonly avatar: AvatarPlace | undefined
}

/** What may change while a line speaks. */
export interface LiveLine {
  /** The settings as they are now, asked for each frame. */
  readonly choice: () => LineChoice
  /** Whether anybody takes the picture of this time of the turn. Those that nobody does are not drawn. */
  readonly wantsFrames: (timestamp: Microseconds) => boolean
  /** What the turn is a part of. */
  readonly life: Life
  /** Told why a look that was asked for while the line speaks cannot be drawn; the one before it stays. */
  readonly onFailure: (error: unknown) => void
}

export interface LineOptions {
  /** Default: everything is as it was when the line was made. */
  readonly live?: LiveLine | undefined
}

export interface WordsLineOptions extends LineOptions {
  /** Whether the words are still being written: the first clause is a short one. Default: false. */
  readonly isAnswer?: boolean
}

/**
 * Streams that a turn makes for these settings. Sound is always there: everything else is made of it.
 *
 * @param live the streams that may be switched on while the turn speaks, whatever they are at its beginning
 */
export function madeStreams({ streams }: Settings, live?: Catalogue['live']): readonly StreamName[] {
  const isMade = (stream: 'motion' | 'frames'): boolean => streams.includes(stream) || live?.[stream] === true
  return ['audio', ...(['motion', 'frames'] as const).filter(isMade)]
}

/** How pictures look by these settings. */
export function lookOf({ settings: { quality, fps, size }, avatar }: LineChoice): Look {
  return { avatar, quality, fps, size }
}

/**
 * Words in, what the settings want out.
 * @param voice how it is said, asked when each clause is begun
 */
export async function wordsLine(
  catalogue: Catalogue,
  choice: LineChoice,
  voice: () => VoiceStyle,
  { live, isAnswer = false }: WordsLineOptions = {},
): Promise<Stage<TextPacket, FaceOutput>> {
  const [speech, face] = await Promise.all([catalogue.speech(), stagesOf(catalogue, choice, live)])
  return speakingLine({
    ...face,
    segment: chain(catalogue.segment(isAnswer ? ANSWER_FIRST_LENGTH : undefined), spokenAs(voice)),
    speech: speech.stage,
  })
}

/** Sound in, the same and what the settings want out. */
export async function soundLine(
  catalogue: Catalogue,
  choice: LineChoice,
  { live }: LineOptions = {},
): Promise<Stage<AudioPacket, FaceOutput>> {
  return recordingLine(await stagesOf(catalogue, choice, live))
}

function stagesOf(catalogue: Catalogue, choice: LineChoice, live: LiveLine | undefined): Promise<FaceStages> {
  const made = madeStreams(choice.settings, live && catalogue.live)
  return faceStages(
    { motion: made.includes('motion'), frames: made.includes('frames') },
    {
      expression: () => expressionFor(catalogue, choice, live),
      video: () => videoFor(catalogue, choice, live),
    },
  )
}

function expressionFor(
  catalogue: Catalogue,
  { settings }: LineChoice,
  live: LiveLine | undefined,
): ReturnType<Catalogue['expression']> {
  if (live === undefined) return catalogue.expression({ emotion: emotionOf(settings) })
  return catalogue.expression({ emotion: () => emotionOf(live.choice().settings), life: live.life })
}

function videoFor(
  catalogue: Catalogue,
  choice: LineChoice,
  live: LiveLine | undefined,
): Promise<NonNullable<FaceStages['video']>> {
  const { avatar, ...look } = lookOf(choice)
  if (live === undefined) return catalogue.video(avatar, look)
  const { wantsFrames, life, onFailure } = live
  return catalogue.liveVideo({ look: () => lookOf(live.choice()), wanted: wantsFrames, life, onFailure })
}

/** Clauses wait in front of the voice: each asks how it is to be said when it is its turn, not when it is cut. */
function spokenAs(voice: () => VoiceStyle): Stage<TextPacket, TextPacket> {
  return {
    name: 'manner',
    lookahead: 0,
    open: () =>
      map((packet) => ({
        ...packet,
        get voice() {
          return voice()
        },
      })),
  }
}
