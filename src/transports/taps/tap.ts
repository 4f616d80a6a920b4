import type { Hono } from 'hono'
import type { Telemetry } from '../../pipeline/telemetry.js'
import type { AvatarServices } from '../../stages/avatar/job.js'
import type { Catalogue } from '../../stages/catalogue.js'
import type { SocketRoute } from '../socket.js'

/** What a tap works with: the stages of the line, and nothing that belongs to another tap. */
export interface TapServices {
  readonly catalogue: Catalogue
  readonly avatars: AvatarServices
  readonly telemetry: Telemetry
  /** Told of errors that are not phiz's own; the client gets no detail of them. */
  readonly onUnexpectedError: (error: unknown) => void
}

/** One foreign protocol, served with the stages of the line. It owns no port: `phiz serve` opens one for it. */
export interface Tap {
  /** As people name it on the command line: `musetalk-ws`. */
  readonly name: string
  /** As messages name it: "MuseTalk WebSocket". */
  readonly title: string
  /** The port of the service that it stands in for. */
  readonly defaultPort: number
  /** What it answers over HTTP. */
  readonly http?: Hono
  /** What it answers over WebSocket, by path. */
  readonly sockets?: Readonly<Record<string, SocketRoute>>
  /** Stops its work and releases what it holds. Its connections have been closed before. */
  close(): Promise<void>
}
