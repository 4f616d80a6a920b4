import { randomUUID } from 'node:crypto'
import { PROTOCOL_VERSION, type SessionStart } from '../../client/protocol.js'
import { BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import { DEFAULT_WINDOW_SPAN } from '../../pipeline/turn.js'
import { MOTION_FPS, type Catalogue } from '../../stages/catalogue.js'
import type { SessionOptions } from './session.js'

/** What a session's client is told on each of its connections alike. */
export type Greeting = Omit<SessionStart, 'resumed' | 'turn' | 'settings'>

/** The greeting of a new session: with an id and a token of its own. */
export function greetingOf(
  catalogue: Catalogue,
  options: SessionOptions,
  {
    sampleRate,
    video: { fps, width, height },
  }: { readonly sampleRate: number; readonly video: SessionStart['video'] },
): Greeting {
  return {
    type: 'session-start',
    version: PROTOCOL_VERSION,
    session: randomUUID(),
    token: randomUUID(),
    engines: enginesOf(catalogue, options),
    audio: { sampleRate },
    motion: { fps: MOTION_FPS, names: BLENDSHAPE_NAMES },
    video: { fps, width, height },
    limits: {
      text: options.maxCharacters,
      messageBytes: options.maxMessageBytes,
      ahead: DEFAULT_WINDOW_SPAN,
      resume: Math.round(options.resumeSeconds * 1_000_000),
    },
  }
}

/** Who does what in a conversation; what nobody does is left out. */
function enginesOf(
  catalogue: Catalogue,
  { reply, hearing, transcriber }: SessionOptions,
): Readonly<Record<string, string>> {
  return {
    ...catalogue.engines,
    ...(reply && { reply: reply.name }),
    ...(hearing && { hearing: hearing.name }),
    ...(hearing && transcriber && { transcription: transcriber.name }),
  }
}
