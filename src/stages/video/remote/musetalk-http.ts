import { z } from 'zod'
import { ask, askJson } from '../../../net/http.js'
import { badAnswer, type RemoteServer } from '../../../net/server.js'
import { MjpegError, MjpegParser } from './mjpeg.js'
import type { RemotePainter } from './painter.js'

/** How long a goodbye may take, in milliseconds. */
const GOODBYE_MS = 1_000

const startedAnswer = z.object({ session_id: z.string().min(1).max(500) })

export interface MusetalkHttpOptions {
  /** The avatar on the server that speaks. */
  readonly avatar: string
  /** Frames a second. */
  readonly fps: number
}

/** A MuseTalk streaming HTTP server: an inference session for each file, watched until its frames have come. */
export function musetalkHttp(server: RemoteServer, { avatar, fps }: MusetalkHttpOptions): RemotePainter {
  return {
    async *draw(path, frames, signal) {
      const json = { avatar_id: avatar, audio_path: path, fps, skip_save_images: true }
      const start = { method: 'POST', path: '/api/inference/start', body: { json }, signal } as const
      const session = encodeURIComponent((await askJson(server, start, startedAnswer)).session_id)
      try {
        // The path is the document's: an address in the answer could lead anywhere.
        const answer = await ask(server, { method: 'GET', path: `/api/stream/${session}`, signal })
        const parser = new MjpegParser(answer.header('content-type'))
        let count = 0
        for await (const piece of answer.pieces()) {
          for (const picture of parser.push(piece)) {
            yield picture
            if (++count === frames) return
          }
        }
      } catch (error) {
        throw error instanceof MjpegError ? badAnswer(server, error.message, error) : error
      } finally {
        await stop(session)
      }
    },
  }

  /** A session that is complete is stopped, too: the server then forgets it. That it cannot be told is no failure. */
  async function stop(session: string): Promise<void> {
    const signal = AbortSignal.timeout(GOODBYE_MS)
    const path = `/api/inference/stop/${session}`
    await askJson(server, { method: 'POST', path, signal }, z.unknown()).catch(() => undefined)
  }
}
