import { once } from 'node:events'
import { createApp } from '../app.js'
import { messageOf } from '../errors.js'
import { createLog } from '../log.js'
import { createGateway } from '../transports/gateway.js'
import { listen } from '../transports/listen.js'
import { createMetrics } from '../transports/ops/metrics.js'
import { serverInfo } from '../server-info.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz serve`: opens the gateway and serves until Ctrl-C or SIGTERM. */
export async function serveCommand(
  options: Readonly<Record<string, string | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const config = await commandConfig(options)
  const log = createLog(config.log.level)
  const metrics = createMetrics()
  await using app = createApp(config, metrics.telemetry)

  let missing: string | null = 'The engines are loading.'
  const gateway = createGateway({
    metrics,
    notReady: () => missing,
    info: () => serverInfo(app),
    onRequest: (report) => {
      log.debug(report, 'request')
    },
    onUnexpectedError: (error) => {
      log.error({ error }, 'unexpected error')
    },
  })
  const { host, port } = config.gateway
  const listening = await listen({
    host,
    port,
    title: 'The gateway',
    fetch: (request) => gateway.fetch(request),
  })
  terminal.print(`phiz is at http://${urlHost(listening.host)}:${listening.port}`)
  try {
    try {
      await app.prewarm()
      missing = null
      log.info({ engines: app.catalogue.engines, device: config.device }, 'ready')
    } catch (error) {
      // The server stays up, so that /readyz and the log can say what is missing.
      missing = messageOf(error)
      log.error({ error }, 'not ready')
    }
    if (!signal.aborted) await once(signal, 'abort')
    log.info('stopping')
  } finally {
    await listening.close()
    metrics.close()
  }
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
