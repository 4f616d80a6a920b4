import type { MediaRoots } from '../media-path.js'
import type { Tap, TapServices } from '../tap.js'
import { JobQueue } from './jobs.js'
import { References } from './references.js'
import { serveSession, type SessionServices } from './session.js'
import { TaskBook } from './tasks.js'

export interface IndexttsOptions {
  /** Tasks of all clients that may wait; more are refused. Default: 100. */
  readonly queueLimit?: number
  /** Bytes that a client may leave untaken before its next task waits. Default: 32 MiB, 12 minutes of sound. */
  readonly mostUntakenBytes?: number
  /** Folders whose files `prompt_audio` and `emo_audio` may name. Default: all that can be read. */
  readonly mediaRoots?: MediaRoots
  /** Milliseconds since 1970 that never run backwards. Default: the process's clock. */
  readonly now?: () => number
  /** 0 to 1, for `use_random`. Default: `Math.random`. */
  readonly random?: () => number
}

const DEFAULT_QUEUE_LIMIT = 100
const DEFAULT_MOST_UNTAKEN_BYTES = 32 * 1024 * 1024
/** A text of 10 000 characters with every one of them escaped takes an eighth of it. */
const MAX_MESSAGE_BYTES = 1024 * 1024

/**
 * The IndexTTS WebSocket service on the line's own voice: a JSON request in, one WAV out (22 050 Hz, 16 bit, mono).
 *
 * - One task at a time, in order of arrival over all clients. The sound of a client that does not read waits for it
 *   without holding up others.
 * - `prompt_audio` gives the voice the speaker's pitch and pace; left out, the voice is as everywhere else. It is not
 *   cloned. Emotions act as `styleOf` says.
 * - An addition: with `"stream": true` each clause comes as a WAV of its own as soon as it is made. Joined, they are
 *   the WAV that comes without it.
 */
export function createIndexttsTap(services: TapServices, options: IndexttsOptions = {}): Tap {
  const { catalogue, telemetry, onUnexpectedError } = services
  const queue = new JobQueue(options.queueLimit ?? DEFAULT_QUEUE_LIMIT)
  const shared: SessionServices = {
    catalogue,
    telemetry,
    onUnexpectedError,
    queue,
    tasks: new TaskBook(options.now ?? systemTime),
    references: new References(
      (...recording) => catalogue.recordedStyle(...recording),
      options.mediaRoots ?? 'anything',
    ),
    mostUntakenBytes: options.mostUntakenBytes ?? DEFAULT_MOST_UNTAKEN_BYTES,
    random: options.random ?? Math.random,
  }
  return {
    name: 'indextts-ws',
    title: 'IndexTTS WebSocket',
    defaultPort: 8770,
    sockets: {
      '/': { maxMessageBytes: MAX_MESSAGE_BYTES, handle: (socket) => serveSession(socket, shared) },
    },
    close: () => queue.idle(),
  }
}

function systemTime(): number {
  return performance.timeOrigin + performance.now()
}
