import type { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { BlankEnv } from 'hono/types'
import { docsRoutes } from '../docs/docs.js'

/** An answer in JSON, as OpenAPI describes it. */
export function jsonAnswer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } }
}

/**
 * The answers that mean a problem, as OpenAPI describes them.
 *
 * @param descriptions what each status means at this interface
 * @param schema the form that all of them have
 * @returns picks some of them for an endpoint
 */
export function problemAnswers<Status extends number>(
  descriptions: Readonly<Record<Status, string>>,
  schema: z.ZodType,
) {
  return (...statuses: readonly Status[]) =>
    Object.fromEntries(statuses.map((status) => [status, jsonAnswer(descriptions[status], schema)]))
}

export interface Interface {
  readonly title: string
  readonly version: string
  readonly routes: readonly ReturnType<typeof createRoute>[]
  /** The body for a method that an endpoint does not take. */
  readonly notAllowed: object
}

/**
 * Describes an application's endpoints at `/openapi.json`, `/docs` and `/redoc`, and answers the methods that they do
 * not take with 405. Called when the endpoints themselves are there.
 */
export function describeInterface(
  app: OpenAPIHono<BlankEnv>,
  { title, version, routes, notAllowed }: Interface,
): void {
  for (const route of routes) {
    app.openAPIRegistry.registerPath(route)
    app.all(route.getRoutingPath(), (context: Context) =>
      context.json(notAllowed, 405, { allow: route.method.toUpperCase() }),
    )
  }
  const openapi = (): object => app.getOpenAPI31Document({ openapi: '3.1.0', info: { title, version } })
  app.route('/', docsRoutes({ title, openapi }))
}
