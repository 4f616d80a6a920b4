import { OverloadError } from '../../errors.js'
import type { HistoryOptions } from '../../stages/reply/history.js'
import type { Reply } from '../../stages/reply/reply.js'
import { DEFAULT_MAX_CHARACTERS } from '../../stages/text/limit.js'
import type { Socket, SocketRoute } from '../socket.js'
import type { TapServices } from '../taps/tap.js'
import { Outbox } from './outbox.js'
import { serveSession } from './session.js'
import { DEFAULT_SETTINGS } from './settings.js'

export interface ConverseOptions {
  /** Conversations at once; the one too many is refused. Default: 4. */
  readonly maxConversations?: number
  /** Who answers `ask`; it is refused without. */
  readonly reply?: Reply
  /** What it is told, and how much of a conversation is kept for it. */
  readonly history?: HistoryOptions
  /** JPEG quality where the client says nothing. Default: 80. */
  readonly quality?: number
  /** Most characters of one text. Default: {@link DEFAULT_MAX_CHARACTERS}. */
  readonly maxCharacters?: number
}

/** What `converseRoutes` gives. */
export interface Converse {
  /** For the gateway, by path. */
  readonly sockets: Readonly<Record<string, SocketRoute>>
  /** Resolves when no conversation is left. Close the connections before. */
  close(): Promise<void>
}

const PATH = '/v1/converse'
const DEFAULT_MAX_CONVERSATIONS = 4
/** Five seconds of sound at 48 kHz, or the longest text with every character escaped many times over. */
const MAX_MESSAGE_BYTES = 512 * 1024
/** The code of a WebSocket's close that asks to try again later. */
const TRY_AGAIN_LATER = 1013

/**
 * `WS /v1/converse`: a conversation for each connection, on the stages of the catalogue. docs/protocol.md has its
 * messages, `src/client` the same as types.
 */
export function converseRoutes(services: TapServices, options: ConverseOptions = {}): Converse {
  const { maxConversations = DEFAULT_MAX_CONVERSATIONS } = options
  const session = {
    quality: options.quality ?? DEFAULT_SETTINGS.quality,
    maxCharacters: options.maxCharacters ?? DEFAULT_MAX_CHARACTERS,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    reply: options.reply,
    history: options.history ?? {},
  }
  const running = new Set<Promise<void>>()

  const handle = async (socket: Socket): Promise<void> => {
    if (running.size >= maxConversations) {
      await refuse(socket, maxConversations)
      return
    }
    const work = serveSession(socket, services, session)
    const settled = work.catch(() => undefined).finally(() => running.delete(settled)) as Promise<void>
    running.add(settled)
    await work
  }

  return {
    sockets: { [PATH]: { maxMessageBytes: MAX_MESSAGE_BYTES, handle } },
    close: async () => {
      await Promise.all(running)
    },
  }
}

async function refuse(socket: Socket, limit: number): Promise<void> {
  const { code, message } = new OverloadError(`All ${limit} conversations are taken; try again later.`)
  await new Outbox(socket).send({ type: 'error', code, message })
  socket.close(TRY_AGAIN_LATER, 'All conversations are taken.')
}
