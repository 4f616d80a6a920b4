import { Hono } from 'hono'
import { docsRoutes } from '../docs/docs.js'
import type { Tap } from './tap.js'

const TITLE = 'LAM-A2E and DICE-Talk API'
/** Where DICE-Talk's own endpoints begin. */
const SYNTHESIS = '/api/v1/synthesis'

type Json = Record<string, unknown>

/**
 * LAM-A2E and DICE-Talk on the one port that both documents give: each answers at its own paths, in its own form of
 * errors; what both have is answered with the union.
 *
 * - `GET /api/health`: the fields of both. `status` is "healthy" when both are; else LAM-A2E's "not_ready" while its
 *   model is not loaded, and DICE-Talk's "unhealthy" otherwise. `model_loaded` is of both, `gpu_available` of either.
 * - `GET /`: LAM-A2E's description of its service, with DICE-Talk's endpoints.
 * - `GET /openapi.json`, `/docs`, `/redoc`: both.
 *
 * All else that DICE-Talk does not have is LAM-A2E's to answer. Closing the result closes both.
 */
export function sharePort(lam: Tap, dicetalk: Tap): Tap {
  const both = [lam.http, dicetalk.http] as const
  if (both[0] === undefined || both[1] === undefined) {
    throw new TypeError('Taps that share a port must both answer over HTTP.')
  }
  return {
    name: `${lam.name}+${dicetalk.name}`,
    title: `${lam.title} and ${dicetalk.title}`,
    defaultPort: lam.defaultPort,
    http: application(both[0], both[1]),
    close: async () => {
      await Promise.all([lam.close(), dicetalk.close()])
    },
  }
}

function application(lam: Hono, dicetalk: Hono): Hono {
  const app = new Hono()
  app.get('/', async (context) => context.json(serviceOf(await jsonOf(lam, '/'))))
  app.get('/api/health', async (context) => {
    return context.json(healthOf(await jsonOf(lam, '/api/health'), await jsonOf(dicetalk, '/api/health')))
  })
  const openapi = async (): Promise<object> =>
    descriptionOf(await jsonOf(lam, '/openapi.json'), await jsonOf(dicetalk, '/openapi.json'))
  app.route('/', docsRoutes({ title: TITLE, openapi }))
  app.all(`${SYNTHESIS}/*`, (context) => dicetalk.fetch(context.req.raw))
  app.notFound((context) => lam.fetch(context.req.raw))
  return app
}

async function jsonOf(app: Hono, path: string): Promise<Json> {
  return (await (await app.request(path)).json()) as Json
}

function serviceOf(lam: Json): Json {
  const synthesis = {
    synthesis_start: `${SYNTHESIS}/start`,
    synthesis_status: `${SYNTHESIS}/{task_id}/status`,
    synthesis_download: `${SYNTHESIS}/{task_id}/download`,
  }
  return { ...lam, endpoints: { ...(lam['endpoints'] as Json), ...synthesis } }
}

function healthOf(lam: Json, dicetalk: Json): Json {
  const ailing = [lam, dicetalk].find(({ status }) => status !== 'healthy')
  return {
    ...lam,
    ...dicetalk,
    status: ailing?.['status'] ?? 'healthy',
    model_loaded: lam['model_loaded'] === true && dicetalk['model_loaded'] === true,
    gpu_available: lam['gpu_available'] === true || dicetalk['gpu_available'] === true,
  }
}

interface Description extends Json {
  readonly paths: Record<string, Json>
  readonly components: { readonly schemas: Record<string, ObjectSchema> }
}

interface ObjectSchema extends Json {
  readonly properties: Record<string, Json>
  readonly required: readonly string[]
}

/** The components of both have names of their own; only the health endpoint is in both. */
function descriptionOf(...[lam, dicetalk]: [Json, Json]): Json {
  const [one, other] = [lam as Description, dicetalk as Description]
  const schemas = { ...one.components.schemas, ...other.components.schemas }
  const health = [one.components.schemas['Health'], other.components.schemas['SynthesisHealth']]
  return {
    ...one,
    info: { ...(one['info'] as Json), title: TITLE },
    paths: { ...other.paths, ...one.paths },
    components: { ...one.components, schemas: { ...schemas, Health: unionOf(health) } },
  }
}

/** An object with the properties of all; what several have may be as any of them has it. */
function unionOf(schemas: readonly (ObjectSchema | undefined)[]): Json {
  const properties: Json = {}
  const required = new Set<string>()
  for (const schema of schemas) {
    for (const name of schema?.required ?? []) required.add(name)
    for (const [name, property] of Object.entries(schema?.properties ?? {})) {
      const known = properties[name]
      properties[name] = known === undefined ? property : { anyOf: [known, property] }
    }
  }
  return { type: 'object', properties, required: [...required] }
}
