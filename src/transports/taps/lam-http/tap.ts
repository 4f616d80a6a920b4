import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { BlankEnv } from 'hono/types'
import type { z } from 'zod'
import { InputError, UnavailableError, type ErrorCode } from '../../../errors.js'
import { MICROSECONDS_PER_SECOND, systemClock, type Clock } from '../../../pipeline/time.js'
import { MOTION_FPS, type Catalogue } from '../../../stages/catalogue.js'
import type { RecordingTreatment } from '../../../stages/expression/expression-stage.js'
import { describeInterface } from '../../http/described.js'
import { errorBody, errorStatus } from '../../errors.js'
import { BodyTooLargeError, readJson } from '../../http/body.js'
import { readForm, SlowBodyError } from '../../http/form.js'
import { Slots } from '../../http/slots.js'
import { ModelState } from '../model-state.js'
import type { Tap, TapServices } from '../tap.js'
import { animationBody, type Animation } from './animation-text.js'
import { inferRecording } from './infer.js'
import {
  inferForm,
  problemOf,
  SERVICE_INFO,
  SESSION_CLOSED,
  SESSION_OPENED,
  streamChunkForm,
  streamInitBody,
  type Health,
} from './protocol.js'
import { ROUTES } from './routes.js'
import { Session } from './session.js'
import { Sessions } from './sessions.js'

export interface LamTapOptions {
  /** Whether the expression engine computes on a graphics processor, for `/api/health`. Default: false. */
  readonly gpuAvailable?: boolean
  /** Tells when sessions were last used. Default: the process's clock. */
  readonly clock?: Clock
  /** Streaming sessions that may be open at once. Default: 64. */
  readonly maxSessions?: number
  /** Seconds without a request after which a session is ended. Default: 600. */
  readonly sessionIdleSeconds?: number
  /** Uploads that are read and worked on at once; more are refused. Default: 16. */
  readonly maxRequests?: number
  /** Bytes of a body with a recording. Default: 50 MB. */
  readonly maxFileBytes?: number
  /** Bytes of a body with a chunk. Default: 8 MB, 10 s of the most wasteful sound. */
  readonly maxChunkBytes?: number
  /** Seconds in which a body must have come. Default: 300. */
  readonly maxUploadSeconds?: number
  /** Seconds of a recording. Default: 600. */
  readonly maxSeconds?: number
  /** Seconds of a chunk. Default: 10. */
  readonly maxChunkSeconds?: number
}

type Application = OpenAPIHono<BlankEnv>
type Expression = Awaited<ReturnType<Catalogue['expression']>>
type Settings = Required<LamTapOptions>

const DEFAULTS: Settings = {
  gpuAvailable: false,
  clock: systemClock,
  maxSessions: 64,
  sessionIdleSeconds: 600,
  maxRequests: 16,
  maxFileBytes: 50 * 2 ** 20,
  maxChunkBytes: 8 * 2 ** 20,
  maxUploadSeconds: 300,
  maxSeconds: 600,
  maxChunkSeconds: 10,
}

/** Bytes of a body that opens a session. */
const MAX_INIT_BYTES = 4096
/** Forgotten sessions are looked for with every request, and this often when there are none. */
const SWEEP_MS = 30_000

/**
 * LAM-A2E's HTTP interface on the line's expression stage: a recording, or a session of chunks, to 52 blendshapes.
 * Loads the stage's model at once, so that `/api/health` soon tells that it is ready.
 */
export function createLamTap(services: TapServices, options: LamTapOptions = {}): Tap {
  const settings: Settings = { ...DEFAULTS, ...options }
  const model = new ModelState(() => services.catalogue.expression())
  const sessions = new Sessions({
    clock: settings.clock,
    most: settings.maxSessions,
    idleAfter: settings.sessionIdleSeconds * MICROSECONDS_PER_SECOND,
  })
  const sweeping = setInterval(() => {
    sessions.sweep()
  }, SWEEP_MS)
  sweeping.unref()
  const stopped = new AbortController()
  return {
    name: 'lam',
    title: 'LAM-A2E HTTP',
    defaultPort: 8000,
    http: application(services, settings, model, sessions, stopped.signal),
    close: async () => {
      clearInterval(sweeping)
      stopped.abort()
      await Promise.all([sessions.cancelAll(), model.settled()])
    },
  }
}

function application(
  { catalogue, telemetry, onUnexpectedError }: TapServices,
  settings: Settings,
  model: ModelState<Expression>,
  sessions: Sessions,
  stopped: AbortSignal,
): Application {
  const app = new OpenAPIHono<BlankEnv>()
  const expression = async (identity: number, recording?: RecordingTreatment): Promise<Expression> => {
    await model.load()
    return catalogue.expression({ identity, recording })
  }
  const line = { expression, fps: MOTION_FPS, telemetry }
  const slots = new Slots(settings.maxRequests)

  app.get('/', (context) => context.json(SERVICE_INFO))

  app.get('/api/health', (context) => {
    const health: Health = {
      status: model.isLoaded ? 'healthy' : 'not_ready',
      model_loaded: model.isLoaded,
      gpu_available: settings.gpuAvailable,
      sessions: sessions.count,
    }
    return context.json(health)
  })

  app.post('/api/infer', (context) =>
    slots.run(async () => {
      const { maxFileBytes, maxUploadSeconds } = settings
      await using form = await readForm(context.req.raw, {
        files: { audio_file: maxFileBytes },
        maxBodyBytes: maxFileBytes,
        maxTimeMs: maxUploadSeconds * 1000,
        signal: stopped,
      })
      const request = parsed(inferForm, form.fields)
      const animation = await inferRecording(request.audio_file.path, {
        ...line,
        ...(request.ex_vol && { separation: () => catalogue.separation() }),
        signal: AbortSignal.any([context.req.raw.signal, stopped]),
        maxSeconds: settings.maxSeconds,
        identity: request.id_idx,
        treatment: { quietMouth: request.movement_smooth, moveBrows: request.brow_movement },
      })
      return animationResponse(animation)
    }),
  )

  app.post('/api/infer_stream_init', async (context) => {
    const { id_idx: identity } = parsed(streamInitBody, await readJson(context.req.raw, MAX_INIT_BYTES))
    await model.load()
    if (stopped.aborted) throw new UnavailableError('The service is stopping.')
    const { clock, maxChunkSeconds } = settings
    const session = new Session({ ...line, id: randomUUID(), identity, clock, maxChunkSeconds })
    sessions.add(session)
    return context.json({ session_id: session.id, message: SESSION_OPENED, id_idx: identity })
  })

  app.post('/api/infer_stream_chunk', (context) =>
    slots.run(async () => {
      const { maxChunkBytes, maxUploadSeconds } = settings
      await using form = await readForm(context.req.raw, {
        files: { audio_chunk: maxChunkBytes },
        maxBodyBytes: maxChunkBytes,
        maxTimeMs: maxUploadSeconds * 1000,
        signal: stopped,
      })
      const { session_id: id, audio_chunk: chunk } = parsed(streamChunkForm, form.fields)
      const session = sessions.get(id)
      return animationResponse(await session.chunk(await readFile(chunk.path)))
    }),
  )

  app.delete('/api/infer_stream_close/:session_id', async (context) => {
    const id = context.req.param('session_id')
    await sessions.close(id)
    return context.json({ message: SESSION_CLOSED, session_id: id })
  })

  const { service: title, version } = SERVICE_INFO
  describeInterface(app, { title, version, routes: ROUTES, notAllowed: { detail: 'Method Not Allowed' } })
  app.notFound((context) => context.json({ detail: 'Not Found' }, 404))
  app.onError((error, context) => problemAnswer(error, context, onUnexpectedError))
  return app
}

function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (!result.success) throw new InputError(problemOf(result.error))
  return result.data
}

function animationResponse(animation: Animation): Response {
  return new Response(animationBody(animation), { headers: { 'content-type': 'application/json' } })
}

function problemAnswer(
  error: unknown,
  context: Context,
  onUnexpectedError: (error: unknown) => void,
): Response {
  const { code, message } = errorBody(error)
  const status = statusOf(error, code)
  if (code === 'internal') onUnexpectedError(error)
  return context.json({ detail: message }, status)
}

function statusOf(error: unknown, code: ErrorCode): ReturnType<typeof errorStatus> {
  if (error instanceof BodyTooLargeError) return 413
  if (error instanceof SlowBodyError) return 408
  // Work is cancelled when its client has gone, who reads no answer, and when the service stops.
  return code === 'cancelled' ? 503 : errorStatus(error)
}
