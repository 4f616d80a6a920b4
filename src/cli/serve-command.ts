import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApp, type App } from '../app.js'
import { messageOf } from '../errors.js'
import { createLog, type Logger } from '../log.js'
import { configuredTranscriber } from '../stages/hearing/transcribe.js'
import { loadReply } from '../stages/reply/load-reply.js'
import { serverInfo } from '../server-info.js'
import { accessBy } from '../transports/access.js'
import { avatarRoutes } from '../transports/avatars/avatars.js'
import { measureCapacity, type Capacity } from '../transports/converse/capacity.js'
import { converseRoutes } from '../transports/converse/converse.js'
import { Seats } from '../transports/converse/seats.js'
import { createGateway } from '../transports/gateway.js'
import { listen } from '../transports/listen.js'
import { isLoopback } from '../transports/loopback.js'
import { createMetrics, type Metrics } from '../transports/ops/metrics.js'
import { pageRoutes } from '../transports/page/page.js'
import { recordingRoutes } from '../transports/recordings/routes.js'
import { RecordingStore } from '../transports/recordings/store.js'
import { rigRoutes } from '../transports/rig/routes.js'
import { sayRoutes } from '../transports/say/say.js'
import { attachSockets } from '../transports/socket.js'
import { openaiSpeech } from '../transports/taps/openai-speech/openai-speech.js'
import { mountedPath, mountedSockets, openTap } from '../transports/taps/open-tap.js'
import { VERSION } from '../version.js'
import { commandConfig, type CommandContext } from './context.js'
import { configuredTaps, mediaRootsOf } from './taps.js'
import type { Terminal } from './terminal.js'

/** Where the build has put the page. */
const pageFolder = fileURLToPath(new URL('../../dist/web', import.meta.url))

/** `phiz serve`: opens the gateway and the taps, and serves until Ctrl-C or SIGTERM. */
export async function serveCommand(
  options: Readonly<Record<string, unknown>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const config = await commandConfig(options)
  const log = createLog(config.log.level)
  const metrics = createMetrics()
  await using app = createApp(config, metrics.telemetry)

  let missing: string | null = 'The engines are loading.'
  const { maxConversations } = config.converse
  let setSeats = (_count: number): void => undefined
  const measured = new Promise<number>((resolve) => (setSeats = resolve))
  const seats = new Seats(maxConversations === 'auto' ? measured : maxConversations)
  // Closed in the opposite order: connections, then the work behind them.
  const closers: (() => Promise<void>)[] = []
  try {
    await openDoors({ app, log, metrics, terminal, seats, notReady: () => missing, closers })
    try {
      await app.prewarm()
      const capacity = await capacityOf(app, signal)
      setSeats(capacity.conversations)
      missing = null
      log.info({ engines: app.catalogue.engines, device: config.device, ...capacity }, 'ready')
    } catch (error) {
      // The server stays up, so that /readyz and the log can say what is missing.
      missing = messageOf(error)
      if (!signal.aborted) log.error({ error }, 'not ready')
    }
    if (!signal.aborted) await once(signal, 'abort')
    log.info('stopping')
  } finally {
    for (const close of closers.reverse()) await close()
    metrics.close()
  }
}

/** How many conversations there may be at once: as configured, or as many as this machine is found to carry. */
async function capacityOf({ config, catalogue }: App, signal: AbortSignal): Promise<Capacity> {
  const { maxConversations } = config.converse
  return maxConversations === 'auto'
    ? measureCapacity(catalogue, { signal })
    : { conversations: maxConversations, why: 'configured' }
}

interface Doors {
  readonly app: App
  readonly log: Logger
  readonly metrics: Metrics
  readonly terminal: Terminal
  /** Of conversations, whatever door they come by. */
  readonly seats: Seats
  readonly notReady: () => string | null
  /** Grows with everything that is opened, also where opening the next thing fails. */
  readonly closers: (() => Promise<void>)[]
}

/** Opens every port and says where it is. */
async function openDoors({ app, log, metrics, terminal, seats, notReady, closers }: Doors): Promise<void> {
  const { host, port } = app.config.gateway
  const onUnexpectedError = (error: unknown): void => {
    log.error({ error }, 'unexpected error')
  }
  const access = accessBy({ origins: app.config.taps.origins, apiKey: app.config.apiKey })
  const sockets = { access, onUnexpectedError }
  const services = {
    catalogue: app.catalogue,
    avatars: app.avatars,
    telemetry: app.telemetry,
    onUnexpectedError,
  }
  const { taps, doors } = configuredTaps(app.config, services, (report) => {
    log.info(report, 'musetalk job')
  })
  for (const tap of taps) closers.push(() => tap.close())

  const speech = openaiSpeech(services)
  closers.push(() => speech.close())
  const avatars = avatarRoutes(services, { size: app.config.video.size })
  closers.push(() => avatars.close())
  const rigs = rigRoutes(services)
  closers.push(() => rigs.close())
  const { video, speech: voice, reply: answers } = app.config
  const reply = await loadReply(app.config)
  const transcriber = configuredTranscriber(app.config)
  const recordings = new RecordingStore(join(app.config.dataDirectory, 'recordings'), app.config.recordings)
  const turns = {
    seats,
    reply,
    history: {
      systemPrompt: answers.systemPrompt,
      maxMessages: answers.historyMessages,
      maxCharacters: answers.historyCharacters,
    },
    quality: video.quality,
    maxCharacters: voice.maxCharacters,
  }
  const converse = converseRoutes(services, {
    ...turns,
    hearing: app.hearing,
    ...(transcriber && { transcriber }),
    recordings,
    resumeSeconds: app.config.converse.resumeSeconds,
  })
  closers.push(() => converse.close())
  const say = sayRoutes(services, turns)
  closers.push(() => say.close())

  const gateway = createGateway({
    version: VERSION,
    parts: [
      speech.routes,
      converse.routes,
      say.routes,
      recordingRoutes(recordings),
      avatars.routes,
      rigs.routes,
    ],
    page: pageRoutes(pageFolder),
    metrics,
    notReady,
    info: () => serverInfo(app),
    onRequest: (report) => {
      log.debug(report, 'request')
    },
    onUnexpectedError,
  })
  for (const { name, http } of taps) if (http !== undefined) gateway.route(mountedPath(name), http)
  const listening = await listen({
    host,
    port,
    title: 'The gateway',
    fetch: access.guard((request, env) => gateway.fetch(request, env)),
  })
  closers.push(() => listening.close())
  const mounted = attachSockets(listening.server, { ...mountedSockets(taps), ...converse.sockets }, sockets)
  closers.push(() => mounted.close())

  const places = [`phiz is at http://${urlHost(listening.host)}:${listening.port}`]
  for (const { tap, port: wanted } of doors) {
    const open = await openTap(tap, { host, port: wanted, sockets })
    closers.push(() => open.close())
    const scheme = tap.http === undefined ? 'ws' : 'http'
    places.push(`  ${tap.title} (${tap.name}) is at ${scheme}://${urlHost(host)}:${open.port}`)
  }
  terminal.print(places.join('\n'))
  if (mediaRootsOf(app.config).length === 0) {
    terminal.note(
      `Clients can name no files: ${host} can be reached from elsewhere, and --media-root is not given.`,
    )
  }
  if (!isLoopback(host) && app.config.apiKey === '') {
    terminal.note(`Everybody who can reach ${host} can use this server: PHIZ_API_KEY sets a key.`)
  }
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
