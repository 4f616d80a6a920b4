import type { SettingChange, Settings, StreamName, TakesEffect } from '../../client/protocol.js'
import type { PacketKind, VoiceStyle } from '../../pipeline/packet.js'
import { voiceEmotion, type Emotion } from '../../stages/expression/emotion.js'

/** What a session begins with where nothing else is said. The measures of its frames are the catalogue's. */
export const DEFAULT_SETTINGS = {
  avatar: null,
  voice: { rate: 1, pitch: 0 },
  emotion: null,
  quality: 80,
  streams: ['audio', 'motion', 'frames'],
} as const satisfies Partial<Settings>

/** The packets of each stream. */
export const KIND_OF_STREAM: Readonly<Record<StreamName, PacketKind>> = {
  audio: 'audio',
  motion: 'motion',
  frames: 'frame',
}

/** The settings after a change. */
export function changed(settings: Settings, change: SettingChange): Settings {
  return { ...settings, ...change, voice: { ...settings.voice, ...change.voice } }
}

/**
 * From when each changed setting acts.
 * @param running the streams that the live turn makes; undefined while nothing is said
 */
export function effectsOf(
  before: Settings,
  change: SettingChange,
  running: readonly StreamName[] | undefined,
): Partial<Record<keyof Settings, TakesEffect>> {
  const soonest: Record<keyof Settings, TakesEffect> = {
    avatar: 'next-turn',
    quality: 'next-turn',
    fps: 'next-turn',
    size: 'next-turn',
    voice: 'next-clause',
    emotion: [before.emotion, change.emotion].every(isOfVoice) ? 'next-clause' : 'next-turn',
    streams: change.streams?.every((stream) => running?.includes(stream)) ? 'next-packet' : 'next-turn',
  }
  const names = (Object.keys(soonest) as (keyof Settings)[]).filter((name) => change[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, running === undefined ? 'next-turn' : soonest[name]]))
}

/** How a clause is said. The voice carries its emotion to the face. */
export function voiceOf({ voice, emotion }: Settings): VoiceStyle {
  const strengths = strengthsOf(emotion)
  return { ...voice, ...(strengths && { emotion: strengths }) }
}

/** An emotion that faces know and voices do not: the face's own, for a whole turn. */
export function faceEmotionOf({ emotion }: Settings): Emotion | undefined {
  // The names have been checked by the request's schema.
  return isOfVoice(emotion) ? undefined : (emotion as Emotion)
}

function isOfVoice(emotion: Settings['emotion'] | undefined): boolean {
  return emotion === null || emotion === undefined || strengthsOf(emotion) !== undefined
}

function strengthsOf(emotion: Settings['emotion']): readonly number[] | undefined {
  // The names have been checked by the request's schema.
  return emotion === null ? undefined : voiceEmotion(emotion as Emotion)
}
