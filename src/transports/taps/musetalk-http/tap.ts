import { join, resolve } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { BlankEnv } from 'hono/types'
import type { z } from 'zod'
import { UnavailableError } from '../../../errors.js'
import { describeInterface } from '../../http/described.js'
import { readBody } from '../../http/body.js'
import { sourceKind } from '../../http/source-kind.js'
import { withoutPlace } from '../../http/without-place.js'
import type { MediaRoots } from '../media-path.js'
import type { Tap, TapServices } from '../tap.js'
import { AvatarBusyError, Avatars } from './avatars.js'
import { clientFile } from './client-file.js'
import { MJPEG_TYPE } from '../../http/mjpeg.js'
import { mjpegStream } from './mjpeg-stream.js'
import { PAGE, PAGE_POLICY } from './page/page.js'
import { problemAnswer } from './problems.js'
import {
  createBody,
  createdAnswer,
  HEALTH,
  SERVICE_TITLE,
  SERVICE_VERSION,
  startBody,
  startedAnswer,
  stoppedAnswer,
} from './protocol.js'
import { ROUTES } from './routes.js'
import type { Pace } from '../real-time.js'
import { Session } from './session.js'
import { Sessions } from './sessions.js'
import { validated } from './validation.js'

export interface MusetalkHttpOptions {
  /** Files that clients may name. */
  readonly mediaRoots: MediaRoots
  /** Where frames are saved: `<folder>/<avatar_id>/<session_id>/00000000.png` and on. */
  readonly outputDirectory: string
  /** What relative paths of clients start from. Default: the process's working directory. */
  readonly workingDirectory?: string
  /** `realtime`: frames leave as they are due. `unlimited`: as fast as they are made and taken. Default: realtime. */
  readonly pace?: Pace
  /** Sessions that may run at once. Default: 16. */
  readonly maxSessions?: number
  /** Viewers of one session at once. Default: 16. */
  readonly maxViewers?: number
  /** Avatars that may be made at once. Default: 2. */
  readonly maxCreations?: number
  /** Seconds without a viewer after which a session ends. Default: 60. */
  readonly idleSeconds?: number
  /** Seconds without a viewer after which a session whose frames are saved runs on alone. Default: 10. */
  readonly savingIdleSeconds?: number
  /** Seconds for which an ended session is still known. Default: 60. */
  readonly rememberSeconds?: number
}

type Application = OpenAPIHono<BlankEnv>
type Settings = Required<MusetalkHttpOptions>

const DEFAULTS = {
  pace: 'realtime',
  maxSessions: 16,
  maxViewers: 16,
  maxCreations: 2,
  idleSeconds: 60,
  savingIdleSeconds: 10,
  rememberSeconds: 60,
} as const

/** Bytes of a body: a path and some numbers. */
const MAX_BODY_BYTES = 65_536

/** MuseTalk's streaming HTTP interface on the line's own stages: avatars, and sessions to watch as Motion JPEG. */
export function createMusetalkHttpTap(services: TapServices, options: MusetalkHttpOptions): Tap {
  const settings: Settings = { ...DEFAULTS, workingDirectory: process.cwd(), ...options }
  const stopped = new AbortController()
  const avatars = new Avatars(services.avatars, settings.maxCreations)
  const sessions = new Sessions({
    most: settings.maxSessions,
    rememberSeconds: settings.rememberSeconds,
  })
  return {
    name: 'musetalk-http',
    title: 'MuseTalk HTTP',
    defaultPort: 5000,
    http: application({ services, settings, avatars, sessions, stopped: stopped.signal }),
    close: async () => {
      stopped.abort()
      await Promise.all([sessions.close(), avatars.settled()])
    },
  }
}

interface Parts {
  readonly services: TapServices
  readonly settings: Settings
  readonly avatars: Avatars
  readonly sessions: Sessions
  readonly stopped: AbortSignal
}

function application({ services, settings, avatars, sessions, stopped }: Parts): Application {
  const app = new OpenAPIHono<BlankEnv>()
  /** Aborts when the client of a request has gone, or the service stops. */
  const until = (context: Context): AbortSignal => AbortSignal.any([context.req.raw.signal, stopped])

  app.get('/', (context) => context.html(PAGE, 200, { 'content-security-policy': PAGE_POLICY }))
  app.get('/api/health', (context) => context.json(HEALTH))
  app.get('/api/avatar/list', async (context) => context.json({ avatars: await avatars.list() }))

  app.post('/api/avatar/create', async (context) => {
    const order = await requested(createBody, context)
    const id = order.avatar_id
    const file = await clientFile(order.video_path, 'Video file', settings)
    const kind = await sourceKind(file.path, file.name)
    if (sessions.isSpeaking(id))
      throw new AvatarBusyError(`Avatar ${id} is speaking; stop its sessions first`)
    const source = { kind, path: file.path }
    const { bbox_shift: bboxShift, batch_size: batchSize } = order
    try {
      await avatars.create({ id, source, bboxShift, batchSize }, until(context))
    } catch (error) {
      throw withoutPlace(error, file)
    }
    return context.json(createdAnswer(id))
  })

  app.post('/api/inference/start', async (context) => {
    const order = await requested(startBody, context)
    const avatar = await avatars.find(order.avatar_id)
    const audio = await clientFile(order.audio_path, 'Audio file', settings)
    const signal = until(context)
    const session = await sessions.start(avatar.manifest.id, (id) => {
      if (stopped.aborted) throw new UnavailableError('The service is stopping.')
      const saveTo = resolve(join(settings.outputDirectory, avatar.manifest.id, id))
      return Session.start(
        services,
        {
          ...settings,
          id,
          avatar,
          audio,
          fps: order.fps,
          saveTo: order.skip_save_images ? undefined : saveTo,
        },
        signal,
      )
    })
    return context.json(startedAnswer(session.id))
  })

  app.get('/api/stream/:session_id', (context) => {
    const session = sessions.get(context.req.param('session_id'))
    // A connection that has carried a film is not kept: it would hold up a server that stops.
    const headers = { 'content-type': MJPEG_TYPE, 'cache-control': 'no-store', connection: 'close' }
    if (context.req.raw.method === 'HEAD') return context.body(null, 200, headers)
    return context.body(mjpegStream(session.watch(), context.req.raw.signal), 200, headers)
  })

  app.post('/api/inference/stop/:session_id', async (context) => {
    const session = sessions.get(context.req.param('session_id'))
    await session.stop()
    return context.json(stoppedAnswer(session.id))
  })

  describeInterface(app, {
    title: SERVICE_TITLE,
    version: SERVICE_VERSION,
    routes: ROUTES,
    notAllowed: { detail: 'Method Not Allowed' },
  })
  app.notFound((context) => context.json({ detail: 'Not Found' }, 404))
  app.onError((error, context) => problemAnswer(error, context, services.onUnexpectedError))
  return app
}

async function requested<T extends z.ZodType>(schema: T, context: Context): Promise<z.output<T>> {
  const body = await readBody(context.req.raw, MAX_BODY_BYTES)
  return validated(schema, new TextDecoder().decode(body), context.req.header('content-type'))
}
