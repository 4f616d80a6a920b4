import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { BlankEnv } from 'hono/types'
import type { SettingChange, Settings } from '../../client/protocol.js'
import { PhizError, UnavailableError } from '../../errors.js'
import type { HistoryOptions } from '../../stages/reply/history.js'
import type { Reply } from '../../stages/reply/reply.js'
import { checkText, DEFAULT_MAX_CHARACTERS } from '../../stages/text/limit.js'
import { Seats } from '../converse/seats.js'
import { changed, DEFAULT_SETTINGS } from '../converse/settings.js'
import type { LineChoice } from '../converse/stages.js'
import { readJson } from '../http/body.js'
import { PulledBody } from '../http/pulled-body.js'
import type { TapServices } from '../taps/tap.js'
import type { Answer } from './answer.js'
import { filmAnswer, soundAnswer } from './coded-answer.js'
import { multipartAnswer } from './multipart-answer.js'
import { withPast } from './past.js'
import { answerOf, RequestError } from './problems.js'
import { MAX_BODY_BYTES, turnRequest, type TurnRequest } from './requests.js'
import { askRoute, sayRoute } from './routes.js'
import { speak, type Words } from './speak.js'

export interface SayOptions {
  /** Shared with conversations: a turn takes a seat for as long as it is made. Default: seats of its own. */
  readonly seats?: Seats
  /** Who answers `/v1/ask`; it is refused without. */
  readonly reply?: Reply
  /** What the one who answers is told before, and how much of a conversation. */
  readonly history?: HistoryOptions
  /** JPEG quality where the client says nothing. Default: 80. */
  readonly quality?: number
  /** Most characters of one text. Default: {@link DEFAULT_MAX_CHARACTERS}. */
  readonly maxCharacters?: number
  /** Seconds for which a client may take nothing of an answer before it is broken off. Default: 120. */
  readonly stallSeconds?: number
}

/** A conversation's turns as single requests, to be mounted at the gateway's root. */
export interface Say {
  /** `POST /v1/say` and `POST /v1/ask`. */
  readonly routes: OpenAPIHono
  /** Stops what is being said, and resolves when it has ended. */
  close(): Promise<void>
}

type Source = Words['source']

/**
 * `POST /v1/say` and `POST /v1/ask`: one turn of a conversation, for scripts. Each is sent while it is made.
 *
 * - A client that does not read holds up its own turn, and nothing else; one that leaves ends it.
 * - An error before the first word or packet is an answer in the gateway's form. Afterwards a multipart answer ends with
 *   a `turn-end` that tells it, and a film or a sound is broken off, so that it cannot be taken for whole.
 */
export function sayRoutes(services: TapServices, options: SayOptions = {}): Say {
  const { seats = new Seats(), maxCharacters = DEFAULT_MAX_CHARACTERS, stallSeconds = 120 } = options
  const running = new Map<Promise<void>, AbortController>()
  let isClosed = false

  const wordsOf = (source: Source, { text, messages }: TurnRequest): Words => {
    checkText(text, maxCharacters)
    if (source === 'say') return { source, text }
    const { reply, history = {} } = options
    if (reply === undefined) {
      throw new UnavailableError('Nobody answers here: no reply is configured. Use /v1/say.')
    }
    return { source, reply, messages: withPast(text, messages, history) }
  }

  const serve = async (source: Source, context: Context): Promise<Response> => {
    const { req } = context
    checkContentType(req.header('content-type'))
    const body = await readJson(req.raw, MAX_BODY_BYTES)
    const request = turnRequest(body, source, req.header('accept'))
    const words = wordsOf(source, request)
    const choice = await choiceOf(services, request.change, options.quality)
    if (isClosed) throw new UnavailableError('The service is stopping.', { retryable: true })
    const release = seats.take()

    const id = randomUUID()
    const stop = new AbortController()
    const leave = (): void => {
      stop.abort()
    }
    const pulled = new PulledBody(leave, stallSeconds * 1000)
    req.raw.signal.addEventListener('abort', leave, { once: true })
    if (req.raw.signal.aborted) leave()
    const answer = answerIn(request, choice.settings, pulled)
    const spoken = speak(services, { id: `${source}-${id}`, words, choice, signal: stop.signal, answer })
    const ended = spoken
      .catch((error: unknown) => {
        breakOff(error, pulled, context, services)
      })
      .finally(() => {
        release()
        running.delete(ended)
      })
    running.set(ended, stop)
    await Promise.race([pulled.started, spoken])
    return new Response(pulled.readable, {
      headers: {
        'content-type': answer.contentType,
        'cache-control': 'no-store',
        // Said here so that the server sends the first bytes at once.
        'transfer-encoding': 'chunked',
        'x-request-id': id,
      },
    })
  }

  const routes = new OpenAPIHono<BlankEnv>()
  for (const [source, route] of [
    ['say', sayRoute],
    ['ask', askRoute],
  ] as const) {
    routes.openAPIRegistry.registerPath(route)
    routes.post(route.path, (context) => serve(source, context))
    routes.all(route.path, ({ req }) => {
      throw new RequestError(405, `${req.method} is not allowed here; POST is.`)
    })
  }
  routes.onError((error, context) => {
    if (!PhizError.isInstance(error)) services.onUnexpectedError(error)
    const { status, body, headers } = answerOf(error)
    return context.json(body, status, headers)
  })
  return {
    routes,
    close: async () => {
      isClosed = true
      const reason = new UnavailableError('The service is stopping.', { retryable: true })
      for (const stop of running.values()) stop.abort(reason)
      await Promise.all(running.keys())
    },
  }
}

/** The server's own settings, with what the request wants different. */
async function choiceOf(
  { catalogue, avatars }: TapServices,
  change: SettingChange,
  quality: number = DEFAULT_SETTINGS.quality,
): Promise<LineChoice> {
  const { fps, width } = await catalogue.video()
  const settings = changed({ ...DEFAULT_SETTINGS, quality, fps, size: width }, change)
  if (settings.avatar === null) return { settings, avatar: undefined }
  const { store } = avatars
  const manifest = await store.get(settings.avatar)
  return { settings, avatar: { folder: store.folderOf(settings.avatar), manifest } }
}

function answerIn({ format }: TurnRequest, settings: Settings, body: PulledBody): Answer {
  switch (format) {
    case 'multipart':
      return multipartAnswer(body, settings.streams)
    case 'mp4':
      return filmAnswer(body)
    case 'wav':
      return soundAnswer(body)
  }
}

/** Other types are what web pages may send anywhere without asking first. */
function checkContentType(type = ''): void {
  if (/^application\/json\s*(?:;|$)/i.test(type.trim())) return
  throw new RequestError(415, `The content type is "${type}"; this endpoint takes application/json.`)
}

/** Ends an answer that has begun and could not end by itself. The error of one that has not is answered by `onError`. */
function breakOff(
  error: unknown,
  body: PulledBody,
  { env }: Context,
  { onUnexpectedError }: Pick<TapServices, 'onUnexpectedError'>,
): void {
  if (!body.hasStarted) return
  if (!PhizError.isInstance(error)) onUnexpectedError(error)
  if (body.isOver) return
  // An HTTP server has no other way to say that a body is not whole than to end its connection.
  const { outgoing } = (env ?? {}) as Partial<HttpBindings>
  if (outgoing === undefined) body.fail(error)
  else outgoing.destroy()
}
