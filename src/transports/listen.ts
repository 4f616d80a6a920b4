import { serve } from '@hono/node-server'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UnavailableError, messageOf } from '../errors.js'

/** A server that accepts connections. */
export interface Listening {
  readonly host: string
  /** The port in use; the one the system chose when 0 was asked for. */
  readonly port: number
  readonly server: Server
  /** Takes no new connections, ends idle ones, and resolves when the open ones are done or `graceMs` is over. */
  close(graceMs?: number): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** The application; node's own request and answer come beside, for those that need them. */
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>
  /** What is served here, for messages: "The gateway". */
  readonly title: string
}

/** Connections of one port at once, HTTP and WebSocket together; more are closed as they come. */
const MAX_CONNECTIONS = 512
/** How long a request may take to arrive, headers and body: what is slower holds its place for nothing. */
const REQUEST_TIMEOUT_MS = 300_000

/** How long a close waits for open requests: long enough for a last packet, short enough for a stop at once. */
const CLOSE_GRACE_MS = 2_000

/**
 * Opens a port.
 * @throws UnavailableError naming host and port when it is in use or not allowed
 */
export async function listen({ host, port, fetch, title }: ListenOptions): Promise<Listening> {
  const server = await new Promise<Server>((resolve, reject) => {
    const candidate = serve({ fetch, hostname: host, port }, () => {
      resolve(candidate)
    }) as Server
    candidate.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new UnavailableError(`${title} cannot listen on ${host}:${port}: ${reasonOf(error)}`, {
          cause: error,
        }),
      )
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  const { port: actual } = server.address() as AddressInfo
  return {
    host,
    port: actual,
    server,
    close: (graceMs = CLOSE_GRACE_MS) =>
      new Promise<void>((resolve) => {
        const force = setTimeout(() => {
          server.closeAllConnections()
        }, graceMs)
        server.close(() => {
          clearTimeout(force)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'the port is in use. Stop what uses it, or choose another port.'
    case 'EACCES':
      return 'the port needs privileges. Choose one above 1023.'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address.'
    case undefined:
    default:
      return messageOf(error)
  }
}
