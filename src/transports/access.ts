import { createHash, timingSafeEqual } from 'node:crypto'
import { originPolicy } from './origins.js'

/** What decides whether a request is taken. */
export interface AccessPolicy {
  /** Web pages that may ask, besides those of this machine: see {@link originPolicy}. */
  readonly origins: string
  /** The key that every request must carry; empty for none. */
  readonly apiKey: string
}

/** A request, over HTTP or to open a WebSocket, before anything of it is worked on. */
export interface Caller {
  readonly method: string
  /** Path and query. */
  readonly target: string
  header(name: string): string | undefined
}

/** Why a caller is turned away. */
export interface Refusal {
  readonly status: 401 | 403
  readonly message: string
}

/** An HTTP application. The second argument is for the application alone, and is passed on as it is. */
type Fetch = (request: Request, env?: object) => Response | Promise<Response>

/** Who may use a server. */
export interface Access {
  /** Why this caller is turned away; undefined when it is not. */
  refusal(caller: Caller): Refusal | undefined
  /**
   * An HTTP application that only those who may can reach. Pages that the policy allows may read its answers (CORS),
   * also those of another origin.
   */
  guard(fetch: Fetch): Fetch
}

/**
 * What tells nothing of this server: whether it lives, asked by balancers, how its interface is used, and the parts of
 * its pages, which load without a key.
 */
const OPEN_TO_ALL =
  /^(\/healthz|\/readyz|(\/taps\/[\w-]+)?\/(docs|docs\/assets\/[\w.-]+|redoc|openapi\.json)|\/assets\/[\w.-]+)$/

/**
 * The access that a policy gives. The key is taken from `Authorization: Bearer`, from `X-API-Key`, or, for what can set no
 * headers (pictures and WebSockets of a web page), from `api_key` in the query.
 */
export function accessBy({ origins, apiKey }: AccessPolicy): Access {
  const allows = originPolicy(origins)
  const wanted = digest(apiKey)

  const refusal = (caller: Caller): Refusal | undefined => {
    const origin = caller.header('origin')
    if (origin !== undefined && changesThings(caller) && !allows(origin, caller.header('host'))) {
      return { status: 403, message: 'Pages of this origin may not use this server (taps.origins).' }
    }
    const [path = '', query] = caller.target.split('?', 2)
    if (apiKey === '' || OPEN_TO_ALL.test(path)) return undefined
    const given =
      /^bearer +(.+)$/i.exec(caller.header('authorization') ?? '')?.[1] ??
      caller.header('x-api-key') ??
      new URLSearchParams(query).get('api_key') ??
      ''
    if (timingSafeEqual(digest(given), wanted)) return undefined
    return {
      status: 401,
      message: 'The API key is missing or wrong: send it as "Authorization: Bearer <key>".',
    }
  }

  const guard = (fetch: Fetch): Fetch => {
    return async (request, env) => {
      const { headers, method, url } = request
      const origin = headers.get('origin')
      const readable = origin !== null && allows(origin, headers.get('host') ?? undefined)
      // A preflight carries no key; what it asks about is looked at when it comes.
      if (readable && method === 'OPTIONS' && headers.has('access-control-request-method')) {
        return withCors(new Response(null, { status: 204 }), origin)
      }
      const { pathname, search } = new URL(url)
      const reason = refusal({
        method,
        target: pathname + search,
        header: (name) => headers.get(name) ?? undefined,
      })
      const response = reason === undefined ? await fetch(request, env) : refused(reason)
      return readable ? withCors(response, origin) : response
    }
  }

  return { refusal, guard }
}

/** Pages may load what every browser loads without asking (pictures, scripts); its answers stay closed to them. */
function changesThings({ method, header }: Caller): boolean {
  return !(method === 'GET' || method === 'HEAD') || header('upgrade') !== undefined
}

/** Of equal length for keys of any length, which a comparison in constant time needs. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** In the form of the gateway, which is also OpenAI's, and for clients of the taps in FastAPI's. */
function refused({ status, message }: Refusal): Response {
  const code = status === 401 ? 'invalid_api_key' : 'forbidden'
  const error = { code, message, retryable: false, type: 'invalid_request_error', param: null }
  const body = { error, detail: message }
  return Response.json(body, { status, headers: status === 401 ? { 'www-authenticate': 'Bearer' } : {} })
}

function withCors(response: Response, origin: string): Response {
  const headers = new Headers(response.headers)
  headers.set('access-control-allow-origin', origin)
  headers.append('vary', 'origin')
  headers.set('access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE')
  headers.set('access-control-allow-headers', 'authorization, content-type, x-api-key')
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}
