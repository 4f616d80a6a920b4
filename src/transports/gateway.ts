import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { docsRoutes } from './docs/docs.js'
import { gatewayOpenApi } from './docs/gateway-openapi.js'
import { operationsRoutes, type OperationsDependencies } from './ops/routes.js'
import { errorBody, errorStatus } from './errors.js'

/** What a request looked like, for the log: never its query, headers or body. */
export interface RequestReport {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly milliseconds: number
}

export interface GatewayDependencies extends OperationsDependencies {
  /** phiz's version, for the description of the interface. */
  readonly version: string
  /** Endpoints that stand beside the gateway's own, such as `/v1/audio/speech`. */
  readonly parts?: readonly OpenAPIHono[]
  /** Web pages, at `/`. */
  readonly page?: Hono
  readonly onRequest?: (report: RequestReport) => void
  /** Told of errors that are not phiz's own; the client gets no detail of them. */
  readonly onUnexpectedError?: (error: unknown) => void
}

/** The HTTP application of port 8080, without a socket: tests call `app.request`. */
export function createGateway(dependencies: GatewayDependencies): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    const startedAt = performance.now()
    await next()
    dependencies.onRequest?.({
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
    })
  })
  const { version, parts = [], page } = dependencies
  app.route('/', operationsRoutes(dependencies))
  for (const part of parts) app.route('/', part)
  if (page !== undefined) app.route('/', page)
  app.route('/', docsRoutes({ title: 'phiz', openapi: () => gatewayOpenApi({ version, parts }) }))
  app.notFound((context) =>
    context.json(
      {
        error: {
          code: 'not-found',
          message: `There is nothing at ${context.req.method} ${context.req.path}.`,
        },
      },
      404,
    ),
  )
  app.onError((error, context) => {
    const status = errorStatus(error)
    if (status === 500) dependencies.onUnexpectedError?.(error)
    return context.json({ error: errorBody(error) }, status)
  })
  return app
}
