import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { BlankEnv } from 'hono/types'
import { CancelledError, PhizError } from '../../../errors.js'
import type { AudioStreamFormat } from '../../../media/audio-stream/formats.js'
import { readJson } from '../../http/body.js'
import { PulledBody } from '../../http/pulled-body.js'
import type { TapServices } from '../tap.js'
import { errorEvent } from './events.js'
import { answerOf, RequestError } from './problems.js'
import { MAX_BODY_BYTES, MODELS, speechRequest } from './protocol.js'
import { ROUTES } from './routes.js'
import { Running } from './running.js'
import { speak } from './speak.js'
import { RETRY_AFTER_SECONDS } from '../../http/retry-after.js'

export interface OpenaiSpeechOptions {
  /** Texts that are spoken at once; more are refused with 429. Default: 16. */
  readonly maxRequests?: number
  /** Seconds for which a client may take nothing of an answer before it is broken off. Default: 120. */
  readonly stallSeconds?: number
}

/** OpenAI's speech endpoint, to be mounted at the gateway's root. */
export interface OpenaiSpeech {
  /** `POST /v1/audio/speech` and `GET /v1/models`. */
  readonly routes: OpenAPIHono
  /** Texts that are being spoken, for inspection. */
  readonly running: number
  /** Stops what is being spoken, and resolves when it has ended. */
  close(): Promise<void>
}

const CONTENT_TYPES: Readonly<Record<AudioStreamFormat, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** OpenAI tells when a model was made; the names here stand for no model in particular. */
const CREATED = 0

type Services = Pick<TapServices, 'catalogue' | 'telemetry' | 'onUnexpectedError'>

/**
 * `POST /v1/audio/speech` on the line's own voice, sent while it is spoken.
 *
 * - A client that does not read holds up its own text, and nothing else; one that leaves ends it.
 * - An error before the first sound is an answer in OpenAI's form. Afterwards events end with one that tells it, and
 *   a sound is broken off, so that it cannot be taken for whole.
 */
export function openaiSpeech(services: Services, options: OpenaiSpeechOptions = {}): OpenaiSpeech {
  const { maxRequests = 16, stallSeconds = 120 } = options
  const running = new Running(maxRequests)
  const routes = new OpenAPIHono<BlankEnv>()

  routes.post('/v1/audio/speech', async (context) => {
    const { req } = context
    checkContentType(req.header('content-type'))
    const request = speechRequest(await readJson(req.raw, MAX_BODY_BYTES))
    const id = randomUUID()
    const stop = new AbortController()
    const leave = (): void => {
      stop.abort()
    }
    const body = new PulledBody(leave, stallSeconds * 1000)
    req.raw.signal.addEventListener('abort', leave, { once: true })
    if (req.raw.signal.aborted) leave()
    const spoken = running.run(() => speak(services, request, { id, signal: stop.signal, body }), stop)
    const ended = spoken.then(
      () => {
        body.end()
      },
      (error: unknown) => breakOff(error, body, { isEvents: request.events, context, services }),
    )
    // Told here, whatever happens to it later.
    void ended
    await Promise.race([body.started, spoken])
    const type = request.events ? 'text/event-stream; charset=utf-8' : CONTENT_TYPES[request.format]
    return new Response(body.readable, {
      headers: {
        'content-type': type,
        'cache-control': 'no-store',
        // Said here so that the server sends the first bytes at once.
        'transfer-encoding': 'chunked',
        'x-request-id': id,
      },
    })
  })

  routes.get('/v1/models', (context) => context.json({ object: 'list', data: MODELS.map(modelOf) }))
  routes.get('/v1/models/:model', (context) => {
    const name = context.req.param('model')
    const known = MODELS.find((one) => one === name)
    if (known === undefined) {
      throw new RequestError(`The model \`${name}\` does not exist; there are ${MODELS.join(', ')}.`, {
        status: 404,
        param: 'model',
        code: 'model_not_found',
      })
    }
    return context.json(modelOf(known))
  })

  describe(routes)
  routes.onError((error, context) => {
    if (!PhizError.isInstance(error)) services.onUnexpectedError(error)
    const { status, body } = answerOf(error)
    return context.json(body, status, status === 429 ? { 'retry-after': RETRY_AFTER_SECONDS } : {})
  })
  return {
    routes,
    get running() {
      return running.count
    },
    close: () => running.close(),
  }
}

/** Notes the OpenAPI of the endpoints, and answers 405 to what they do not do. */
function describe(routes: OpenAPIHono): void {
  for (const route of ROUTES) {
    routes.openAPIRegistry.registerPath(route)
    routes.all(route.getRoutingPath(), ({ req }) => {
      throw new RequestError(`${req.method} is not allowed here; ${route.method.toUpperCase()} is.`, {
        status: 405,
        code: 'method_not_supported',
      })
    })
  }
}

function modelOf(id: string) {
  return { id, object: 'model', created: CREATED, owned_by: 'phiz' } as const
}

/** Other types are what web pages may send anywhere without asking first. */
function checkContentType(type = ''): void {
  if (/^application\/json\s*(?:;|$)/i.test(type.trim())) return
  throw new RequestError(`The content type is "${type}"; this endpoint takes application/json.`, {
    code: 'unsupported_content_type',
  })
}

interface Failing {
  readonly isEvents: boolean
  readonly context: Context
  readonly services: Services
}

/** Ends an answer that has begun, or may have. The error of one that has not is answered by `onError`. */
async function breakOff(error: unknown, body: PulledBody, failing: Failing): Promise<void> {
  const { isEvents, context, services } = failing
  if (!body.hasStarted) return
  if (!PhizError.isInstance(error)) services.onUnexpectedError(error)
  if (isEvents && !(error instanceof CancelledError)) {
    await body.write(errorEvent(answerOf(error).body), new AbortController().signal).catch(ignore)
    body.end()
    return
  }
  // An HTTP server has no other way to say that a body is not whole than to end its connection.
  const { outgoing } = (context.env ?? {}) as Partial<HttpBindings>
  if (outgoing === undefined) body.fail(error)
  else outgoing.destroy()
}

function ignore(): void {
  // The client has gone as well.
}
