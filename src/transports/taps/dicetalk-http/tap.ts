import { OpenAPIHono } from '@hono/zod-openapi'
import type { BlankEnv } from 'hono/types'
import { InputError, messageOf, PhizError, UnavailableError } from '../../../errors.js'
import type { FilmMaker } from '../../../stages/film/film.js'
import { describeInterface } from '../../http/described.js'
import { filmResponse } from '../../http/film-response.js'
import { readForm, SlowBodyError, type Form } from '../../http/form.js'
import { BodyTooLargeError } from '../../http/body.js'
import { Slots } from '../../http/slots.js'
import { ModelState } from '../model-state.js'
import type { Tap, TapServices } from '../tap.js'
import { ApiLog } from './api-log.js'
import { checkPortrait, checkRecording } from './file-kinds.js'
import { fingerprint } from './jobs/fingerprint.js'
import type { JobState } from './jobs/job.js'
import { JobFiles } from './jobs/job-files.js'
import { JobQueue } from './jobs/queue.js'
import { OpenedQueue, type HeldQueue } from './opened-queue.js'
import { FormatError, startRequest } from './parameters.js'
import { problemAnswer } from './problems.js'
import {
  SERVICE_TITLE,
  statusOf,
  TASK_CACHED,
  TASK_CREATED,
  TASK_FOLLOWS,
  TASK_NOT_COMPLETED,
  TASK_NOT_FOUND,
  VERSION,
} from './protocol.js'
import { ROUTES } from './routes.js'

export interface DicetalkTapOptions {
  /** The engine, as the catalogue has it. */
  readonly film: () => Promise<FilmMaker>
  /** Where the tasks are kept, with their uploads and films: this service's own. */
  readonly folder: string
  /** The log that the document speaks of: `logs/api.log`. */
  readonly logFile: string
  /**
   * Takes the right to the folder, of which one process at a time can have it; asked before anything in it is touched,
   * and again for as long as it is refused. Default: nobody else uses the folder.
   */
  readonly claim?: () => Promise<{ readonly release: () => Promise<void> }>
  /** Whether the engine computes on a graphics processor, for `/api/health`. Default: false. */
  readonly gpuAvailable?: boolean
  /** The time of day in milliseconds since 1970. Default: the system's. */
  readonly now?: () => number
  /** Films that are made at once. Default: 2. */
  readonly workers?: number
  /** Tasks that may wait; more are refused. Default: 100. */
  readonly maxWaiting?: number
  /** Hours for which an ended task and its film are kept. Default: 24. */
  readonly keepHours?: number
  /** Ended tasks that are kept; the oldest go first. Default: 10 000. */
  readonly maxKept?: number
  /** Bytes of a portrait. Default: 10 MiB. */
  readonly maxImageBytes?: number
  /** Bytes of a recording. Default: 50 MiB. */
  readonly maxAudioBytes?: number
  /** Uploads that are read at once; more are refused. Default: 16. */
  readonly maxUploads?: number
  /** Seconds in which a body must have come. Default: 300. */
  readonly maxUploadSeconds?: number
  /** Bytes of the log before it is put aside. Default: 10 MiB. */
  readonly maxLogBytes?: number
}

type Application = OpenAPIHono<BlankEnv>
type Settings = Required<DicetalkTapOptions>

const DEFAULTS = {
  claim: () => Promise.resolve({ release: () => Promise.resolve() }),
  gpuAvailable: false,
  now: Date.now,
  workers: 2,
  maxWaiting: 100,
  keepHours: 24,
  maxKept: 10_000,
  maxImageBytes: 10 * 2 ** 20,
  maxAudioBytes: 50 * 2 ** 20,
  maxUploads: 16,
  maxUploadSeconds: 300,
  maxLogBytes: 10 * 2 ** 20,
}

/** Ended tasks whose time is over are looked for this often. */
const SWEEP_MS = 60_000
const MS_PER_HOUR = 3_600_000

/**
 * DICE-Talk's HTTP interface on a film engine: a portrait and a recording are uploaded, a task makes the film, and the
 * film is downloaded. Tasks outlive the process. Takes them up, and loads the engine, at once.
 */
export function createDicetalkTap(services: TapServices, options: DicetalkTapOptions): Tap {
  const settings: Settings = { ...DEFAULTS, ...options }
  const { onUnexpectedError } = services
  const engine = new ModelState(settings.film)
  const log = new ApiLog(settings.logFile, { maxBytes: settings.maxLogBytes, onUnexpectedError })
  const queue = new OpenedQueue(
    () => openQueue(services, settings, engine, log),
    (error) => {
      log.write(unready(error))
      onUnexpectedError(error)
    },
  )
  const stopped = new AbortController()
  const sweeping = setInterval(() => {
    if (queue.isOpen) void sweep(queue).catch(onUnexpectedError)
  }, SWEEP_MS)
  sweeping.unref()
  log.write({ event: 'service.started' })
  return {
    name: 'dicetalk',
    title: 'DICE-Talk HTTP',
    defaultPort: 8000,
    http: application(services, settings, engine, queue, log, stopped.signal),
    close: async () => {
      clearInterval(sweeping)
      stopped.abort()
      await Promise.all([queue.close(), engine.settled()])
      log.write({ event: 'service.stopped' })
      await log.flush()
    },
  }
}

async function sweep(queue: OpenedQueue): Promise<void> {
  await (await queue.get()).sweep()
}

async function openQueue(
  { telemetry, onUnexpectedError }: TapServices,
  settings: Settings,
  engine: ModelState<FilmMaker>,
  log: ApiLog,
): Promise<HeldQueue> {
  let claim: Awaited<ReturnType<Settings['claim']>> | undefined
  try {
    claim = await settings.claim()
    const { release } = claim
    const queue = await JobQueue.open(new JobFiles(settings.folder), {
      ...settings,
      keepMs: settings.keepHours * MS_PER_HOUR,
      make: async (request, making) => (await engine.load()).make(request, { ...making, telemetry }),
      onEvent: (event) => {
        log.write(event)
      },
      onUnexpectedError,
    })
    return { queue, release }
  } catch (error) {
    await claim?.release()
    // Whatever it is, it is not the fault of a client, and names places that are none of its business.
    throw new UnavailableError('The folder of the tasks cannot be used; the log says why.', { cause: error })
  }
}

function application(
  { onUnexpectedError }: TapServices,
  settings: Settings,
  engine: ModelState<FilmMaker>,
  tasks: OpenedQueue,
  log: ApiLog,
  stopped: AbortSignal,
): Application {
  const app = new OpenAPIHono<BlankEnv>()
  const slots = new Slots(settings.maxUploads)

  app.get('/api/health', (context) => {
    const { isLoaded } = engine
    const isHealthy = isLoaded && tasks.isOpen
    return context.json({
      status: isHealthy ? 'healthy' : 'unhealthy',
      gpu_available: settings.gpuAvailable,
      model_loaded: isLoaded,
      version: VERSION,
    })
  })

  app.post('/api/v1/synthesis/start', (context) =>
    slots.run(async () => {
      const queue = await tasks.get()
      queue.refuseWhenFull()
      const job = await start(context.req.raw, queue, settings, stopped)
      return context.json({
        task_id: job.id,
        status: job.status,
        message: startMessage(job),
        ...originalOf(job),
      })
    }),
  )

  app.get('/api/v1/synthesis/:task_id/status', async (context) => {
    const job = (await tasks.get()).get(context.req.param('task_id'))
    if (job === undefined) throw new PhizError('not-found', TASK_NOT_FOUND)
    return context.json(statusOf(job))
  })

  app.post('/api/v1/synthesis/:task_id/cancel', async (context) => {
    const job = await (await tasks.get()).cancel(context.req.param('task_id'))
    if (job === undefined) throw new PhizError('not-found', TASK_NOT_FOUND)
    return context.json(statusOf(job))
  })

  app.get('/api/v1/synthesis/:task_id/download', async (context) => {
    const queue = await tasks.get()
    const job = queue.get(context.req.param('task_id'))
    if (job === undefined) throw new PhizError('not-found', TASK_NOT_FOUND)
    if (job.status === 'COMPLETED') {
      const named = { fileName: 'result.mp4', notFound: TASK_NOT_FOUND }
      return filmResponse(queue.resultOf(job.id), context.req.raw, named)
    }
    const detail = job.status === 'FAILED' ? { detail: `The task failed: ${job.reason}` } : {}
    return context.json({ error: TASK_NOT_COMPLETED, ...detail }, 400)
  })

  describeInterface(app, {
    title: SERVICE_TITLE,
    version: VERSION,
    routes: ROUTES,
    notAllowed: { error: 'Method Not Allowed' },
  })
  app.notFound((context) => context.json({ error: 'Not Found' }, 404))
  app.onError((error, context) => {
    const answer = problemAnswer(error, context, onUnexpectedError)
    if (context.req.method === 'POST') log.write(refusal(answer.status, error))
    return answer
  })
  return app
}

/** Reads a request to its end, looks at what it brings, and makes a task of it. */
async function start(
  request: Request,
  queue: JobQueue,
  settings: Settings,
  stopped: AbortSignal,
): Promise<JobState> {
  const { folder, maxImageBytes, maxAudioBytes, maxUploadSeconds } = settings
  await using form: Form = await readForm(request, {
    files: { image: maxImageBytes, audio: maxAudioBytes },
    maxTimeMs: maxUploadSeconds * 1000,
    folder: new JobFiles(folder).incoming,
    signal: stopped,
  }).catch((error: unknown) => {
    throw isDamagedForm(error) ? new FormatError(error.message, { cause: error }) : error
  })
  const { image, audio, settings: film, isRepeatable } = startRequest(form.fields)
  const signal = AbortSignal.any([request.signal, stopped])
  await checkPortrait(image.path)
  await checkRecording(audio.path, signal)
  const key = isRepeatable ? { key: await fingerprint(film, [image.path, audio.path], signal) } : {}
  return await queue.add({ settings: film, image: image.path, audio: audio.path, ...key })
}

/** What is wrong with a body beyond its size and its pace is its format. */
function isDamagedForm(error: unknown): error is InputError {
  return (
    error instanceof InputError && !(error instanceof BodyTooLargeError || error instanceof SlowBodyError)
  )
}

function startMessage({ status, original }: JobState): string {
  if (original === undefined) return TASK_CREATED
  return status === 'COMPLETED' ? TASK_CACHED : TASK_FOLLOWS
}

function originalOf({ original }: JobState): { readonly original_task_id?: string } {
  return original === undefined ? {} : { original_task_id: original }
}

function unready(error: unknown): { readonly event: string } & Record<string, unknown> {
  const cause = error instanceof Error && error.cause !== undefined ? { cause: messageOf(error.cause) } : {}
  return { event: 'service.unready', error: messageOf(error), ...cause }
}

function refusal(status: number, error: unknown): { readonly event: string } & Record<string, unknown> {
  // The text of other errors is for the service's own log.
  return { event: 'request.refused', status, ...(PhizError.isInstance(error) && { error: error.message }) }
}
