import { UnavailableError } from '../../errors.js'
import type { Access } from '../access.js'
import { listen } from '../listen.js'
import { attachSockets, type SocketOptions, type SocketRoute } from '../socket.js'
import type { Tap } from './tap.js'

/** A tap that accepts connections on a port of its own. */
export interface OpenTap {
  readonly tap: Tap
  readonly host: string
  /** The port in use; the one the system chose when 0 was asked for. */
  readonly port: number
  /** Takes no new connections and resolves when the open ones are done or cut. The tap itself stays usable. */
  close(): Promise<void>
}

/**
 * Opens a tap's port.
 * @throws UnavailableError naming tap, host and port when it is in use or not allowed, and what can be done
 */
export async function openTap(
  tap: Tap,
  { host, port, sockets: options }: { host: string; port: number; sockets: SocketOptions },
): Promise<OpenTap> {
  const { http } = tap
  const guard: Access['guard'] = (fetch) => options.access?.guard(fetch) ?? fetch
  const listening = await listen({
    host,
    port,
    title: `The tap ${tap.name} (${tap.title})`,
    fetch: guard(http === undefined ? upgradeRequired : (request, env) => http.fetch(request, env)),
  }).catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error
    // Taps that share a port are named together: `lam+dicetalk`.
    const names = tap.name.split('+')
    const choice = names.map((name) => `--tap ${name}=<port>`).join(' ')
    const without = names.map((name) => `--no-tap ${name}`).join(' ')
    const way = `${choice} chooses another port, ${without} leaves the tap out.`
    throw new UnavailableError(`${error.message} ${way}`, { cause: error })
  })
  const sockets = attachSockets(listening.server, tap.sockets ?? {}, options)
  return {
    tap,
    host,
    port: listening.port,
    close: async () => {
      await sockets.close()
      await listening.close()
    },
  }
}

/** The socket routes of taps as they stand under the gateway: `/taps/<name>` and on. */
export function mountedSockets(taps: readonly Tap[]): Readonly<Record<string, SocketRoute>> {
  const routes: Record<string, SocketRoute> = {}
  for (const { name, sockets = {} } of taps) {
    for (const [path, route] of Object.entries(sockets)) {
      routes[mountedPath(name) + path] = route
      if (path === '/') routes[mountedPath(name)] = route
    }
  }
  return routes
}

/** Where a tap stands under the gateway. */
export function mountedPath(name: string): string {
  return `/taps/${name}`
}

function upgradeRequired(): Response {
  return new Response('This port speaks WebSocket.\n', { status: 426, headers: { upgrade: 'websocket' } })
}
