import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { BlankEnv } from 'hono/types'
import { InputError, OverloadError, PhizError } from '../../errors.js'
import { problemOf } from '../converse/requests.js'
import type { Session } from '../converse/session.js'
import type { Sessions } from '../converse/sessions.js'
import { errorBody, errorStatus } from '../errors.js'
import { BodyTooLargeError, readJson } from '../http/body.js'
import type { TapServices } from '../taps/tap.js'
import { ROUTES } from './openapi.js'
import { sessionBody, SESSIONS_PATH, tapsOf } from './protocol.js'
import { audioForm, framesForm, motionForm, type TapForm } from './tap-form.js'
import { TapStream } from './tap-stream.js'
import { RETRY_AFTER_SECONDS } from '../http/retry-after.js'

/** Settings, and nothing else. */
const MAX_BODY_BYTES = 65_536
/** Watchers of one session at once. */
const MOST_WATCHERS = 16

/**
 * `/v1/sessions`: conversations that are begun, looked at and ended over HTTP, and watched while they run. They are
 * the same as those of the WebSocket.
 * @param socketPath where the WebSocket is
 */
export function sessionRoutes(
  sessions: Sessions,
  { onUnexpectedError }: Pick<TapServices, 'onUnexpectedError'>,
  socketPath: string,
): OpenAPIHono {
  const routes = new OpenAPIHono<BlankEnv>()

  routes.post(SESSIONS_PATH, async (context) => {
    const body = await readJson(context.req.raw, MAX_BODY_BYTES)
    const parsed = sessionBody.safeParse(body)
    if (!parsed.success) throw new InputError(problemOf(parsed.error, body, 'The body').message)
    const session = await sessions.open(parsed.data)
    const { id, token, expiresAt } = session
    const query = new URLSearchParams({ session: id, token })
    return context.json(
      { session: id, token, url: `${socketPath}?${query.toString()}`, taps: tapsOf(id), expires: expiresAt },
      201,
      { location: `${SESSIONS_PATH}/${id}` },
    )
  })

  routes.get(`${SESSIONS_PATH}/:id`, (context) => {
    const session = sessions.get(context.req.param('id'))
    return context.json(stateOf(session), 200, { 'cache-control': 'no-store' })
  })

  routes.delete(`${SESSIONS_PATH}/:id`, async (context) => {
    const session = sessions.claim(context.req.param('id'), context.req.query('token') ?? '')
    await session.end('The session was ended.')
    return context.body(null, 204)
  })

  routes.get(`${SESSIONS_PATH}/:id/taps/audio`, (context) => {
    const session = sessions.get(context.req.param('id'))
    const format = context.req.query('format') ?? 'wav'
    if (format !== 'wav' && format !== 'pcm') {
      throw new InputError(`format is "${format.slice(0, 80)}"; it must be wav or pcm.`)
    }
    return watch(context, session, audioForm(format, session.start(true).audio.sampleRate))
  })
  routes.get(`${SESSIONS_PATH}/:id/taps/motion`, (context) =>
    watch(context, sessions.get(context.req.param('id')), motionForm()),
  )
  routes.get(`${SESSIONS_PATH}/:id/taps/frames`, (context) =>
    watch(context, sessions.get(context.req.param('id')), framesForm()),
  )

  describe(routes)
  routes.onError((error, context) => {
    if (!PhizError.isInstance(error)) onUnexpectedError(error)
    const status = error instanceof BodyTooLargeError ? 413 : errorStatus(error)
    const headers = error instanceof OverloadError ? { 'retry-after': RETRY_AFTER_SECONDS } : undefined
    return context.json({ error: errorBody(error) }, status, headers)
  })
  return routes
}

function stateOf(session: Session): object {
  const { session: id, turn, settings, engines } = session.start(true)
  return {
    session: id,
    attached: session.isAttached,
    expires: session.expiresAt ?? null,
    turn,
    settings,
    engines,
    watchers: session.watchers,
    taps: tapsOf(id),
  }
}

function watch({ req }: Context, session: Session, form: TapForm): Response {
  const headers = {
    'content-type': form.contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Said here so that the server sends the first bytes at once.
    'transfer-encoding': 'chunked',
  }
  if (req.method === 'HEAD') return new Response(null, { headers })
  if (session.watchers >= MOST_WATCHERS) {
    throw new OverloadError(`${MOST_WATCHERS} watch this session, as many as may; try again later.`)
  }
  const { signal } = req.raw
  const leave = (): void => {
    signal.removeEventListener('abort', leave)
    stop()
    stream.end()
  }
  const stream = new TapStream(form, leave)
  const stop = session.watch(stream)
  signal.addEventListener('abort', leave)
  if (signal.aborted) leave()
  return new Response(stream.readable, { headers })
}

/** Notes the OpenAPI of the endpoints, and answers 405 to what they do not do. */
function describe(routes: OpenAPIHono): void {
  const methods = new Map<string, string[]>()
  for (const route of ROUTES) {
    routes.openAPIRegistry.registerPath(route)
    const path = route.getRoutingPath()
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()])
  }
  for (const [path, allowed] of methods) {
    routes.all(path, (context) => {
      const message = `${context.req.method} is not allowed here; ${allowed.join(' and ')} ${allowed.length > 1 ? 'are' : 'is'}.`
      const error = { code: 'invalid-input', message, retryable: false }
      return context.json({ error }, 405, { allow: allowed.join(', ') })
    })
  }
}
