import { encodeWav } from '../../../media/wav.js'
import { askJson } from '../../../net/http.js'
import { badAnswer, type RemoteServer } from '../../../net/server.js'
import { chunkAnswer, openedAnswer } from './protocol.js'

/** How long a goodbye may take, in milliseconds: a turn that ends does not wait for a server that is away. */
const GOODBYE_MS = 1_000

/** A streaming session on a LAM-A2E server: chunks in, frames out, in order, one at a time. */
export class RemoteSession {
  readonly #server: RemoteServer
  readonly #id: string
  readonly #fps: number

  private constructor(server: RemoteServer, id: string, fps: number) {
    this.#server = server
    this.#id = id
    this.#fps = fps
  }

  /** @param fps frames a second that the server must make; @throws UnavailableError when there is none to be had */
  static async open(server: RemoteServer, fps: number, signal: AbortSignal): Promise<RemoteSession> {
    const opening = {
      method: 'POST',
      path: '/api/infer_stream_init',
      body: { json: { id_idx: 0 } },
      signal,
    } as const
    const { session_id: id } = await askJson(server, opening, openedAnswer)
    return new RemoteSession(server, id, fps)
  }

  /**
   * Sends sound and returns the frames that the server has for it: 52 weights in [0, 1] each, in the line's order.
   * @throws UnavailableError when the server fails, falls silent or says nonsense
   */
  async chunk(
    samples: Float32Array,
    sampleRate: number,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const body = new FormData()
    body.append('session_id', this.#id)
    // A Blob keeps what it is made of; the bytes are made for it.
    const wav = encodeWav(samples, sampleRate) as Uint8Array<ArrayBuffer>
    body.append('audio_chunk', new Blob([wav], { type: 'audio/wav' }), 'chunk.wav')
    const request = { method: 'POST', path: '/api/infer_stream_chunk', body, signal } as const
    const { frames, fps } = await askJson(this.#server, request, chunkAnswer)
    if (Math.abs(fps - this.#fps) > 0.01) {
      throw badAnswer(this.#server, `it makes ${fps} frames a second; the line needs ${this.#fps}`)
    }
    return frames
  }

  /** Frees the session on the server. That it cannot be told is no failure: servers forget sessions. */
  async close(): Promise<void> {
    const path = `/api/infer_stream_close/${encodeURIComponent(this.#id)}`
    const request = { method: 'DELETE', path, signal: AbortSignal.timeout(GOODBYE_MS) } as const
    await askJson(this.#server, request, openedAnswer.partial()).catch(() => undefined)
  }
}
