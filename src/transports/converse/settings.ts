import type { SettingChange, Settings, StreamName, TakesEffect } from '../../client/protocol.js'
import type { PacketKind, VoiceStyle } from '../../pipeline/packet.js'
import type { Catalogue } from '../../stages/catalogue.js'
import { voiceEmotion, type Emotion } from '../../stages/expression/emotion.js'

/** What a session begins with where nothing else is said. The measures of its frames are the catalogue's. */
export const DEFAULT_SETTINGS = {
  avatar: null,
  voice: { rate: 1, pitch: 0 },
  emotion: null,
  quality: 80,
  streams: ['audio', 'motion', 'frames'],
  idle: false,
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

/** What there is for a change to act on. */
export interface Circumstances {
  /** The streams that the live turn makes; undefined while nothing is said. */
  readonly running: readonly StreamName[] | undefined
  /** What may change while a turn speaks. */
  readonly live: Catalogue['live']
}

/** From when each changed setting acts. */
export function effectsOf(
  before: Settings,
  change: SettingChange,
  { running, live }: Circumstances,
): Partial<Record<keyof Settings, TakesEffect>> {
  const effects =
    running === undefined ? atRest(change.idle ?? before.idle, live) : inTurn(change, running, live)
  const names = (Object.keys(effects) as (keyof Settings)[]).filter((name) => change[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, effects[name]]))
}

type Effects = Record<keyof Settings, TakesEffect>

function inTurn(change: SettingChange, running: readonly StreamName[], live: Catalogue['live']): Effects {
  const look = live.frames ? 'next-packet' : 'next-turn'
  return {
    avatar: look,
    quality: look,
    fps: look,
    size: look,
    idle: 'next-packet',
    voice: 'next-clause',
    // The voice carries its emotion to any face; one that is the face's own needs a face that is made here.
    emotion: live.motion || isOfVoice(change.emotion) ? 'next-clause' : 'next-turn',
    streams: change.streams?.every((stream) => running.includes(stream)) ? 'next-packet' : 'next-turn',
  }
}

/** Between turns only a face that lives on can show a change. */
function atRest(isAlive: boolean, live: Catalogue['live']): Effects {
  const seen = isAlive ? 'next-packet' : 'next-turn'
  const look = live.frames ? seen : 'next-turn'
  return {
    avatar: look,
    quality: look,
    fps: look,
    size: look,
    idle: 'next-packet',
    voice: 'next-turn',
    emotion: seen,
    streams: seen,
  }
}

/** How a clause is said. The voice carries its emotion to the face. */
export function voiceOf({ voice, emotion }: Settings): VoiceStyle {
  const strengths = strengthsOf(emotion)
  return { ...voice, ...(strengths && { emotion: strengths }) }
}

/** How the face looks where the voice says nothing of it. */
export function emotionOf({ emotion }: Settings): Emotion | undefined {
  // The names have been checked by the request's schema.
  return emotion === null ? undefined : (emotion as Emotion)
}

function isOfVoice(emotion: Settings['emotion'] | undefined): boolean {
  return emotion === null || emotion === undefined || strengthsOf(emotion) !== undefined
}

function strengthsOf(emotion: Settings['emotion']): readonly number[] | undefined {
  // The names have been checked by the request's schema.
  return emotion === null ? undefined : voiceEmotion(emotion as Emotion)
}
