import { Hono } from 'hono'
import type { Metrics } from './metrics.js'

/** What the operations endpoints need to know of the application. */
export interface OperationsDependencies {
  readonly metrics: Metrics
  /** `null` when everything needed to serve is loaded, otherwise what is still missing. */
  readonly notReady: () => string | null
  /** What `/v1/info` answers. */
  readonly info: () => Readonly<Record<string, unknown>>
}

/**
 * `/healthz` (the process lives), `/readyz` (models are loaded; 503 until then, with the reason), `/metrics`
 * (Prometheus) and `/v1/info` (what this server is made of).
 */
export function operationsRoutes({ metrics, notReady, info }: OperationsDependencies): Hono {
  const routes = new Hono()
  routes.get('/healthz', (context) => context.json({ status: 'ok' }))
  routes.get('/readyz', (context) => {
    const reason = notReady()
    return reason === null
      ? context.json({ status: 'ready' })
      : context.json({ status: 'not-ready', reason }, 503)
  })
  routes.get('/metrics', async (context) => {
    const { body, contentType } = await metrics.render()
    return context.body(body, 200, { 'content-type': contentType })
  })
  routes.get('/v1/info', (context) => context.json(info()))
  return routes
}
