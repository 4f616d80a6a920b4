import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { BlankEnv } from 'hono/types'
import { CancelledError, codeOf, InputError } from '../../errors.js'
import { singleFlight } from '../../stages/single-flight.js'
import type { AvatarObserver } from '../../stages/avatar/job.js'
import type { AvatarManifest } from '../../stages/avatar/manifest.js'
import { errorBody, errorStatus } from '../errors.js'
import { BodyTooLargeError } from '../http/body.js'
import { SlowBodyError } from '../http/form.js'
import { Slots } from '../http/slots.js'
import { withoutPlace } from '../http/without-place.js'
import type { TapServices } from '../taps/tap.js'
import { builtInPicture } from './built-in-picture.js'
import { createUploaded, TakenError } from './create.js'
import { CreationLines } from './creation-lines.js'
import { storedPicture, type PictureSize } from './pictures.js'
import {
  AVATARS_PATH,
  BUILT_IN,
  entryInfo,
  infoOf,
  LINES_TYPE,
  picturePath,
  type AvatarInfo,
} from './protocol.js'
import { ROUTES } from './routes.js'

export interface AvatarRoutesOptions {
  /** Width and height of the built-in face's frames in pixels. */
  readonly size: number
  /** Avatars that are uploaded and made at once; more are refused. Default: 2. */
  readonly maxCreations?: number
}

/** The stored avatars over HTTP. */
export interface AvatarRoutes {
  readonly routes: OpenAPIHono
  /** Stops what is being made, and resolves when nothing of it runs any more. */
  close(): Promise<void>
}

/** A path with a revision names one content for ever; whoever needs a key may not leave it to caches of others. */
const KEEP = 'private, max-age=31536000, immutable'
const ASK_AGAIN = 'private, no-cache'

/** `/v1/avatars`: faces to list, to look at, to make by uploading a photo or a video, and to remove. */
export function avatarRoutes(
  { catalogue, avatars: services, onUnexpectedError }: TapServices,
  { size, maxCreations = 2 }: AvatarRoutesOptions,
): AvatarRoutes {
  const { store } = services
  const routes = new OpenAPIHono<BlankEnv>()
  const slots = new Slots(maxCreations)
  const stopped = new AbortController()
  const working = new Set<Promise<unknown>>()
  const builtIn = singleFlight(() => track(builtInPicture(catalogue, stopped.signal)))

  function track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(ignore, ignore).finally(() => working.delete(settled))
    working.add(settled)
    return work
  }

  routes.get(AVATARS_PATH, async (context) => {
    const own: AvatarInfo = {
      id: null,
      kind: 'built-in',
      width: size,
      height: size,
      picture: picturePath(BUILT_IN),
    }
    const stored = (await store.list()).map(entryInfo)
    return context.json({ avatars: [own, ...stored] }, 200, { 'cache-control': 'no-store' })
  })

  routes.post(AVATARS_PATH, async (context) => {
    const { raw } = context.req
    const left = new AbortController()
    const signal = AbortSignal.any([raw.signal, stopped.signal, left.signal])
    const make = (observer: Partial<AvatarObserver> = {}): Promise<AvatarManifest> =>
      track(slots.run(() => createUploaded(services, raw, { signal, ...observer })))
    if (!wantsLines(context)) {
      const info = infoOf(await make())
      return context.json(info, 201, { location: `${AVATARS_PATH}/${info.id ?? ''}` })
    }
    const lines = new CreationLines(() => {
      left.abort(new CancelledError('The client has gone.'))
    })
    const { onProgress, onWarning } = lines
    const made = make({ onProgress, onWarning })
    const told = made.then(
      (manifest) => {
        lines.end({ type: 'avatar', avatar: infoOf(manifest) })
      },
      (error: unknown) => {
        // What is wrong with the upload itself is an answer of its own.
        if (!lines.hasBegun) throw error
        if (codeOf(error) === 'internal') onUnexpectedError(error)
        lines.end({ type: 'error', error: errorBody(error) })
      },
    )
    await Promise.race([lines.begun, told])
    return new Response(lines.body, {
      headers: { 'content-type': LINES_TYPE, 'cache-control': 'no-store', 'transfer-encoding': 'chunked' },
    })
  })

  routes.get(`${AVATARS_PATH}/:id/picture`, async (context) => {
    const { req } = context
    const id = req.param('id')
    const wanted = sizeOf(req.query('size'))
    const picture =
      id === BUILT_IN
        ? {
            revision: `${size}`,
            read: async () => ({ contentType: 'image/jpeg', bytes: await builtIn() }) as const,
          }
        : await storedPicture(store, id, wanted)
    const etag = `"${picture.revision}-${wanted}"`
    const headers = {
      etag,
      'cache-control': req.query('revision') === picture.revision ? KEEP : ASK_AGAIN,
      'x-content-type-options': 'nosniff',
    }
    if (req.header('if-none-match') === etag) return context.body(null, 304, headers)
    const { contentType, bytes } = await picture.read()
    return context.body(bytes, 200, { ...headers, 'content-type': contentType })
  })

  routes.delete(`${AVATARS_PATH}/:id`, async (context) => {
    await store.remove(context.req.param('id'))
    return context.body(null, 204)
  })

  for (const route of ROUTES) routes.openAPIRegistry.registerPath(route)
  routes.onError((thrown, context) => {
    const error = withoutPlace(thrown, { path: store.folder, name: 'this server' })
    if (codeOf(error) === 'internal') onUnexpectedError(error)
    return context.json({ error: errorBody(error) }, statusOf(thrown))
  })
  return {
    routes,
    close: async () => {
      stopped.abort(new CancelledError('The server is stopping.'))
      await Promise.all(working)
    },
  }
}

function wantsLines(context: Context): boolean {
  return context.req.header('accept')?.includes(LINES_TYPE) ?? false
}

function sizeOf(value = 'small'): PictureSize {
  if (value === 'small' || value === 'full') return value
  throw new InputError(`size is "${value.slice(0, 80)}"; it must be small or full.`)
}

function statusOf(error: unknown): ContentfulStatusCode {
  if (error instanceof TakenError) return 409
  if (error instanceof BodyTooLargeError) return 413
  if (error instanceof SlowBodyError) return 408
  // Work is cancelled when its client has gone, who reads no answer, and when the server stops.
  return codeOf(error) === 'cancelled' ? 503 : errorStatus(error)
}

function ignore(): void {
  // Its owner is told of it.
}
