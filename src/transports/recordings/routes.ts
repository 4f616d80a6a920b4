import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { BlankEnv } from 'hono/types'
import { filmResponse } from '../http/film-response.js'
import { RECORDINGS_PATH, unknownRecording, type RecordingStore } from './store.js'

const TAGS = ['Conversations']
const params = z.object({ id: z.string().openapi({ description: 'As `recording-end` names it.' }) })
const NOT_FOUND = { description: 'There is no such film, or it is not finished.' }
const film = { 'video/mp4': { schema: { type: 'string', format: 'binary' } as const } }

const getRoute = createRoute({
  method: 'get',
  path: `${RECORDINGS_PATH}/{id}`,
  tags: TAGS,
  summary: 'The film of a conversation',
  request: { params },
  responses: {
    200: { description: 'The film.', content: film },
    206: { description: 'The part of the film that a Range header asks for.', content: film },
    404: NOT_FOUND,
    416: { description: 'The film has no such range.' },
  },
})

const deleteRoute = createRoute({
  method: 'delete',
  path: `${RECORDINGS_PATH}/{id}`,
  tags: TAGS,
  summary: 'Removes the film of a conversation',
  request: { params },
  responses: { 204: { description: 'It is gone.' }, 404: NOT_FOUND },
})

/** `GET` and `DELETE /v1/recordings/:id`: films that conversations were recorded to, for the gateway's root. */
export function recordingRoutes(store: RecordingStore): OpenAPIHono<BlankEnv> {
  const routes = new OpenAPIHono<BlankEnv>()
  routes.openAPIRegistry.registerPath(getRoute)
  routes.openAPIRegistry.registerPath(deleteRoute)

  routes.get(getRoute.getRoutingPath(), async (context) => {
    const id = context.req.param('id')
    const path = await store.find(id)
    return filmResponse(path, context.req.raw, {
      fileName: `phiz-${id}.mp4`,
      notFound: unknownRecording(id),
    })
  })

  routes.delete(deleteRoute.getRoutingPath(), async (context) => {
    await store.remove(context.req.param('id'))
    return context.body(null, 204)
  })

  routes.all(getRoute.getRoutingPath(), (context) => {
    const message = `${context.req.method} is not allowed here; GET and DELETE are.`
    return context.json({ error: { code: 'invalid-input', message, retryable: false } }, 405, {
      allow: 'GET, HEAD, DELETE',
    })
  })
  return routes
}
