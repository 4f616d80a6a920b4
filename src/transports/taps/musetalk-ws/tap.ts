import type { Tap, TapServices } from '../tap.js'
import type { JobOptions } from './job.js'
import { serveMusetalk } from './session.js'

/** A request holds a path and three options; what is longer is none. */
const MAX_MESSAGE_BYTES = 65_536

/** The WebSocket service of MuseTalk: an audio file's path in, JPEG frames out. */
export function createMusetalkTap(services: TapServices, options: JobOptions): Tap {
  return {
    name: 'musetalk-ws',
    title: 'MuseTalk WebSocket',
    defaultPort: 8765,
    sockets: {
      '/': {
        maxMessageBytes: MAX_MESSAGE_BYTES,
        handle: (socket) => serveMusetalk(socket, services, options),
      },
    },
    close: () => Promise.resolve(),
  }
}
