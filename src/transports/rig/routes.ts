import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { BlankEnv } from 'hono/types'
import { codeOf } from '../../errors.js'
import { AVATARS_PATH, BUILT_IN } from '../avatars/protocol.js'
import { errorBody, errorStatus } from '../errors.js'
import { problemAnswers } from '../http/described.js'
import { problemAnswer } from '../http/problem-answer.js'
import { withoutPlace } from '../http/without-place.js'
import type { TapServices } from '../taps/tap.js'
import { Rigs } from './rigs.js'

/** The faces as models in three dimensions, over HTTP. */
export interface RigRoutes {
  readonly routes: OpenAPIHono
  /** Stops what is being made, and resolves when nothing of it runs any more. */
  close(): Promise<void>
}

const GLB_TYPE = 'model/gltf-binary'

const problems = problemAnswers(
  {
    400: 'The id is none, or the avatar is a video, which has no rig.',
    404: 'There is no such avatar.',
    503: 'As many are being made as may, or the avatar is damaged.',
  },
  problemAnswer,
)

const ROUTE = createRoute({
  method: 'get',
  path: `${AVATARS_PATH}/{id}/rig`,
  tags: ['Avatars'],
  summary: 'A face in three dimensions',
  description:
    'glTF 2.0 in one file: the mesh `face` has the 52 ARKit channels as morph targets, by name and in the order of ' +
    'the motion packets; the bone `head` turns it.',
  request: {
    params: z.object({
      id: z.string().openapi({
        param: { name: 'id', in: 'path' },
        description: `A stored portrait; \`${BUILT_IN}\` is the built-in face.`,
        example: BUILT_IN,
      }),
    }),
  },
  responses: {
    200: {
      description: 'The file.',
      content: { [GLB_TYPE]: { schema: z.string().openapi({ format: 'binary' }) } },
    },
    304: { description: 'It has not changed.' },
    ...problems(400, 404, 503),
  },
})

/** `GET /v1/avatars/:id/rig`: what a face is made of, for those who draw it themselves. */
export function rigRoutes({ avatars, onUnexpectedError }: TapServices): RigRoutes {
  const { store } = avatars
  const rigs = new Rigs(store)
  const routes = new OpenAPIHono<BlankEnv>()
  routes.openAPIRegistry.registerPath(ROUTE)
  routes.get(ROUTE.getRoutingPath(), async (context) => {
    const rig = await rigs.find(context.req.param('id'))
    const etag = `"${rig.revision}"`
    const headers = { etag, 'cache-control': 'private, no-cache', 'x-content-type-options': 'nosniff' }
    if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers)
    return context.body(await rig.read(), 200, { ...headers, 'content-type': GLB_TYPE })
  })
  routes.onError((thrown, context) => {
    const error = withoutPlace(thrown, { path: store.folder, name: 'this server' })
    if (codeOf(error) === 'internal') onUnexpectedError(error)
    return context.json({ error: errorBody(error) }, errorStatus(error))
  })
  return { routes, close: () => rigs.close() }
}
