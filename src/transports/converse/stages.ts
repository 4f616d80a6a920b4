import { map } from 'rxjs'
import type { Settings, StreamName } from '../../client/protocol.js'
import { chain } from '../../pipeline/compose.js'
import {
  frameStages,
  recordingLine,
  speakingLine,
  type FaceOutput,
  type FaceStages,
} from '../../pipeline/line.js'
import type { AudioPacket, TextPacket, VoiceStyle } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'
import type { Catalogue } from '../../stages/catalogue.js'
import type { AvatarPlace } from '../../stages/video/portrait/subject.js'
import { faceEmotionOf } from './settings.js'

/** What a turn's line is made for. */
export interface LineChoice {
  readonly settings: Settings
  /** The avatar that the settings name; undefined is the built-in face. */
  readonly avatar: AvatarPlace | undefined
}

/** Streams that a turn makes for these settings. Sound is always there: everything else is made of it. */
export function madeStreams({ streams }: Settings): readonly StreamName[] {
  return ['audio', ...streams.filter((stream) => stream !== 'audio')]
}

/**
 * Words in, what the settings want out.
 * @param voice how it is said, asked when each clause is begun
 */
export async function wordsLine(
  catalogue: Catalogue,
  choice: LineChoice,
  voice: () => VoiceStyle,
): Promise<Stage<TextPacket, FaceOutput>> {
  const [speech, face] = await Promise.all([catalogue.speech(), faceStages(catalogue, choice)])
  return speakingLine({
    ...face,
    segment: chain(catalogue.segment(), spokenAs(voice)),
    speech: speech.stage,
  })
}

/** Sound in, the same and what the settings want out. */
export async function soundLine(
  catalogue: Catalogue,
  choice: LineChoice,
): Promise<Stage<AudioPacket, FaceOutput>> {
  return recordingLine(await faceStages(catalogue, choice))
}

async function faceStages(catalogue: Catalogue, { settings, avatar }: LineChoice): Promise<FaceStages> {
  const wantsFrames = settings.streams.includes('frames')
  const wantsMotion = settings.streams.includes('motion')
  const { quality, fps } = settings
  const [expression, video] = await Promise.all([
    wantsFrames || wantsMotion ? catalogue.expression(faceEmotionOf(settings)) : undefined,
    wantsFrames ? catalogue.video(avatar, { quality, fps }) : undefined,
  ])
  if (expression !== undefined && video !== undefined && !wantsMotion) return frameStages(expression, video)
  return { ...(expression && { expression }), ...(video && { video }) }
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
