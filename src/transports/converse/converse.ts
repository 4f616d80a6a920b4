import type { OpenAPIHono } from '@hono/zod-openapi'
import { encodeEvent } from '../../client/protocol.js'
import { codeOf, InputError, PhizError } from '../../errors.js'
import type { Hearing } from '../../stages/hearing/hearing.js'
import type { Transcriber } from '../../stages/hearing/transcribe.js'
import type { HistoryOptions } from '../../stages/reply/history.js'
import type { Reply } from '../../stages/reply/reply.js'
import { DEFAULT_MAX_CHARACTERS } from '../../stages/text/limit.js'
import { errorBody } from '../errors.js'
import type { RecordingStore } from '../recordings/store.js'
import { sessionRoutes } from '../sessions/routes.js'
import type { Socket, SocketRoute } from '../socket.js'
import type { TapServices } from '../taps/tap.js'
import { Seats } from './seats.js'
import { Sessions } from './sessions.js'
import { DEFAULT_SETTINGS } from './settings.js'

export interface ConverseOptions {
  /** Conversations at once, shared with whatever else takes seats; the one too many is refused. Default: seats of its own. */
  readonly seats?: Seats
  /** Who answers `ask`; it is refused without. */
  readonly reply?: Reply
  /** What it is told, and how much of a conversation is kept for it. */
  readonly history?: HistoryOptions
  /** Who hears microphones; they are refused without. */
  readonly hearing?: Hearing
  /** Who writes down what is heard. */
  readonly transcriber?: Transcriber
  /** Where films of conversations are kept; none are recorded without. */
  readonly recordings?: RecordingStore
  /** JPEG quality where the client says nothing. Default: 80. */
  readonly quality?: number
  /** Most characters of one text. Default: {@link DEFAULT_MAX_CHARACTERS}. */
  readonly maxCharacters?: number
  /** How long a session waits for a client whose connection broke, in seconds. Default: 30. */
  readonly resumeSeconds?: number
  /** Packets that are kept for such a client, in bytes. Default: 4 MiB. */
  readonly replayBytes?: number
}

/** What `converseRoutes` gives. */
export interface Converse {
  /** For the gateway, by path. */
  readonly sockets: Readonly<Record<string, SocketRoute>>
  /** The same sessions over HTTP, for the gateway. */
  readonly routes: OpenAPIHono
  /** Ends all conversations, and resolves when their work has ended. Close the connections before. */
  close(): Promise<void>
}

const PATH = '/v1/converse'
const DEFAULT_RESUME_SECONDS = 30
/** Five seconds of sound at 48 kHz, or the longest text with every character escaped many times over. */
const MAX_MESSAGE_BYTES = 512 * 1024

/** How a connection is closed that gets no session. */
const CLOSE_CODES: Readonly<Record<string, number>> = { 'not-found': 4404, 'invalid-input': 1008 }
/** The code of a WebSocket's close that asks to try again later. */
const TRY_AGAIN_LATER = 1013

/**
 * `WS /v1/converse`, a conversation for each connection, and `/v1/sessions`, the same over HTTP, on the stages of the
 * catalogue. docs/protocol.md has its messages, `src/client` the same as types.
 */
export function converseRoutes(services: TapServices, options: ConverseOptions = {}): Converse {
  const sessions = new Sessions(
    services,
    {
      quality: options.quality ?? DEFAULT_SETTINGS.quality,
      maxCharacters: options.maxCharacters ?? DEFAULT_MAX_CHARACTERS,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      reply: options.reply,
      history: options.history ?? {},
      hearing: options.hearing,
      transcriber: options.transcriber,
      recordings: options.recordings,
      resumeSeconds: options.resumeSeconds ?? DEFAULT_RESUME_SECONDS,
      replayBytes: options.replayBytes,
    },
    options.seats ?? new Seats(),
  )

  const handle = async (socket: Socket): Promise<void> => {
    try {
      const query = new URLSearchParams(socket.target.split('?', 2)[1])
      const id = query.get('session')
      if (id === null) {
        const session = await sessions.open()
        await session.serve(socket)
      } else {
        const session = sessions.claim(id, query.get('token') ?? '')
        await session.serve(socket, receivedOf(query.get('received') ?? '0'))
      }
    } catch (error) {
      await refuse(socket, error)
      // Without its engines there is no conversation; the one who runs the server needs the reason, too.
      if (!['not-found', 'invalid-input', 'overload', 'cancelled'].includes(codeOf(error))) throw error
    }
  }

  return {
    sockets: { [PATH]: { maxMessageBytes: MAX_MESSAGE_BYTES, handle } },
    routes: sessionRoutes(sessions, services, PATH),
    close: () => sessions.close(),
  }
}

/** @throws InputError when it is no whole number */
function receivedOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InputError(
    `received is "${text.slice(0, 80)}"; it must be the number of messages that were received.`,
  )
}

async function refuse(socket: Socket, error: unknown): Promise<void> {
  if (!PhizError.isInstance(error) || error.code === 'cancelled') return
  const { code, message } = errorBody(error)
  await socket.sendText(encodeEvent({ type: 'error', code, message })).catch(() => undefined)
  socket.close(CLOSE_CODES[code] ?? TRY_AGAIN_LATER, reasonOf(code))
}

function reasonOf(code: string): string {
  switch (code) {
    case 'overload':
      return 'All conversations are taken.'
    case 'not-found':
      return 'There is no such session.'
    case 'invalid-input':
      return 'The address is not valid.'
    default:
      return 'The engines are not ready.'
  }
}
