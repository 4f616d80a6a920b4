import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { createApp } from '../../src/app.js'
import { resolveConfig } from '../../src/config/load.js'
import { converseRoutes } from '../../src/transports/converse/converse.js'
import { listen } from '../../src/transports/listen.js'
import { pageRoutes } from '../../src/transports/page/page.js'
import { attachSockets } from '../../src/transports/socket.js'

/** The page as it is built, on a server with the real engines. */
export interface ServedPage extends AsyncDisposable {
  readonly address: string
  /** Closes every conversation, and lets new ones in. */
  breakConnections(): Promise<void>
}

export async function servedPage(): Promise<ServedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'phiz-web-'))
  await build({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { outDir: folder },
  })
  const app = createApp(resolveConfig({ flags: { 'video.size': 256 } }))
  const unexpected: unknown[] = []
  const services = {
    catalogue: app.catalogue,
    avatars: app.avatars,
    telemetry: app.telemetry,
    onUnexpectedError: (error: unknown): void => void unexpected.push(error),
  }
  const converse = converseRoutes(services)
  const page = pageRoutes(folder)
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    title: 'The page',
    fetch: (request) => page.fetch(request),
  })
  const attach = (): ReturnType<typeof attachSockets> => attachSockets(listening.server, converse.sockets)
  let attached = attach()
  return {
    address: `http://127.0.0.1:${listening.port}/`,
    breakConnections: async () => {
      await attached.close()
      attached = attach()
    },
    [Symbol.asyncDispose]: async () => {
      await attached.close()
      await converse.close()
      await listening.close(0)
      await app[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      if (unexpected.length > 0) throw unexpected[0]
    },
  }
}
