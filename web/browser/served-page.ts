import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { createApp } from '../../src/app.js'
import { resolveConfig } from '../../src/config/load.js'
import type { Transcriber } from '../../src/stages/hearing/transcribe.js'
import { personaReply } from '../../src/stages/reply/persona/persona.js'
import { avatarRoutes } from '../../src/transports/avatars/avatars.js'
import { converseRoutes } from '../../src/transports/converse/converse.js'
import { createGateway } from '../../src/transports/gateway.js'
import { listen } from '../../src/transports/listen.js'
import { createMetrics } from '../../src/transports/ops/metrics.js'
import { pageRoutes } from '../../src/transports/page/page.js'
import { recordingRoutes } from '../../src/transports/recordings/routes.js'
import { RecordingStore } from '../../src/transports/recordings/store.js'
import { rigRoutes } from '../../src/transports/rig/routes.js'
import { attachSockets } from '../../src/transports/socket.js'
import { createDicetalkTap } from '../../src/transports/taps/dicetalk-http/tap.js'
import { openaiSpeech } from '../../src/transports/taps/openai-speech/openai-speech.js'
import { mountedPath } from '../../src/transports/taps/open-tap.js'

const SIZE = 256

/** The page as it is built, on a server with the real engines and all that the page asks of it. */
export interface ServedPage extends AsyncDisposable {
  readonly address: string
  /** Breaks every connection, as a network does. */
  dropConnections(): void
  /** Closes every conversation, and lets new ones in. */
  breakConnections(): Promise<void>
}

export interface ServedPageOptions {
  /** Who writes down what the microphone hears. Default: nobody. */
  readonly transcriber?: Transcriber
}

export async function servedPage({ transcriber }: ServedPageOptions = {}): Promise<ServedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'phiz-web-'))
  await build({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { outDir: folder },
  })
  const config = resolveConfig({ flags: { 'video.size': SIZE, dataDirectory: join(folder, 'data') } })
  const app = createApp(config)
  const unexpected: unknown[] = []
  const services = {
    catalogue: app.catalogue,
    avatars: app.avatars,
    telemetry: app.telemetry,
    onUnexpectedError: (error: unknown): void => void unexpected.push(error),
  }
  const recordings = new RecordingStore(join(folder, 'recordings'), config.recordings)
  const converse = converseRoutes(services, {
    reply: personaReply(),
    hearing: app.hearing,
    recordings,
    ...(transcriber && { transcriber }),
  })
  const avatars = avatarRoutes(services, { size: SIZE })
  const rigs = rigRoutes(services)
  const speech = openaiSpeech(services)
  const film = createDicetalkTap(services, {
    film: () => Promise.resolve(app.catalogue.film()),
    folder: join(folder, 'films'),
    logFile: join(folder, 'api.log'),
  })
  const metrics = createMetrics()
  const gateway = createGateway({
    version: '0',
    parts: [speech.routes, avatars.routes, rigs.routes, recordingRoutes(recordings)],
    page: pageRoutes(folder),
    metrics,
    notReady: () => null,
    info: () => ({}),
    onUnexpectedError: services.onUnexpectedError,
  })
  gateway.route(mountedPath(film.name), film.http!)
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    title: 'The page',
    fetch: (request, env) => gateway.fetch(request, env),
  })
  const connections = new Set<Socket>()
  listening.server.on('connection', (connection) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
  })
  const attach = (): ReturnType<typeof attachSockets> => attachSockets(listening.server, converse.sockets)
  let attached = attach()
  return {
    address: `http://127.0.0.1:${listening.port}/`,
    dropConnections: () => {
      for (const connection of connections) connection.destroy()
    },
    breakConnections: async () => {
      await attached.close()
      attached = attach()
    },
    [Symbol.asyncDispose]: async () => {
      await attached.close()
      await converse.close()
      await listening.close(0)
      for (const part of [avatars, rigs, speech, film]) await part.close()
      metrics.close()
      await app[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      if (unexpected.length > 0) throw unexpected[0]
    },
  }
}
