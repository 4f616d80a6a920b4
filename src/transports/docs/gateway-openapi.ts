import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { jsonAnswer } from '../http/described.js'

/** The gateway's own endpoints as OpenAPI describes them. */

const TAGS = ['Operations']

const ROUTES = [
  createRoute({
    method: 'get',
    path: '/healthz',
    tags: TAGS,
    summary: 'Whether the process lives',
    responses: { 200: jsonAnswer('It does.', z.object({ status: z.literal('ok') })) },
  }),
  createRoute({
    method: 'get',
    path: '/readyz',
    tags: TAGS,
    summary: 'Whether the engines are loaded',
    responses: {
      200: jsonAnswer('They are.', z.object({ status: z.literal('ready') })),
      503: jsonAnswer('They are not.', z.object({ status: z.literal('not-ready'), reason: z.string() })),
    },
  }),
  createRoute({
    method: 'get',
    path: '/metrics',
    tags: TAGS,
    summary: 'Measurements, for Prometheus',
    responses: { 200: { description: 'All of them.', content: { 'text/plain': { schema: z.string() } } } },
  }),
  createRoute({
    method: 'get',
    path: '/v1/info',
    tags: TAGS,
    summary: 'What this server is made of, and its limits',
    responses: {
      200: jsonAnswer(
        'Its version, engines, rates and limits.',
        z.record(z.string(), z.unknown()).openapi('Info'),
      ),
    },
  }),
]

export interface GatewayOpenApiOptions {
  readonly version: string
  /** Applications that are mounted at the gateway's root. */
  readonly parts: readonly OpenAPIHono[]
}

/** OpenAPI 3.1 of the gateway: its own endpoints, and those of what is mounted at its root. */
export function gatewayOpenApi({ version, parts }: GatewayOpenApiOptions): object {
  const whole = new OpenAPIHono()
  for (const route of ROUTES) whole.openAPIRegistry.registerPath(route)
  for (const part of parts) whole.route('/', part)
  return whole.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'phiz', version } })
}
