/** Clients that ask for much and read nothing, against a server process of its own: what they cost it in memory. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { joinSamples } from '../src/pipeline/join-samples.js'
import { servePhiz, type Served } from './clients/serve.js'
import { closing, connected } from './hostile/waiting.js'
import { usageOf } from './hostile/usage.js'
import { encodeAudio, readClip } from './media/encode-audio.js'
import { filmPortrait, type Shot } from './media/film-portrait.js'

const speech = fileURLToPath(new URL('./media/speech-en-3s.wav', import.meta.url))
const READERS = 20
/** Of the recording that each of them asks for: 21 minutes, 31 500 frames. */
const REPEATS = 180
/** For all of them together. Their frames, if they were kept, would be nearly 5 GB. */
const MOST_BYTES_MORE = 192 * 2 ** 20

let folder: string
let recording: string
let server: Served
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-slow-'))
  recording = join(folder, 'long.wav')
  const clip = await readClip('speech-en-7s')
  await encodeAudio(recording, joinSamples(Array<Float32Array>(REPEATS).fill(clip)), {
    container: 'wav',
    encoder: 'pcm_s16le',
    sampleRate: 16_000,
  })
  await filmPortrait(join(folder, 'film.mp4'), {
    width: 256,
    height: 256,
    fps: 25,
    shots: Array<Shot>(10).fill({ x: 128, y: 100 }),
  })
  server = await servePhiz(folder)
})
afterAll(async () => {
  expect(await server.stop()).toMatchObject({ code: 0, err: '' })
  await rm(folder, { recursive: true })
})

/** Plays a recording to its end and returns the number of its frames. */
async function play(address: string): Promise<number> {
  const client = new WebSocket(address)
  const closed = closing(client)
  let frames = 0
  client.on('message', (_, isBinary) => {
    if (isBinary) frames += 1
  })
  await once(client, 'open')
  client.send(JSON.stringify({ audio_path: speech, options: { jpeg_quality: 95 } }))
  await closed
  return frames
}

describe('twenty clients that do not read', () => {
  it('MuseTalk WebSocket: hold little memory, and another is served as ever', async () => {
    const address = server.taps['musetalk-ws']!
    const frames = await play(address)
    const before = await usageOf(server.gateway)
    const stuck = await Promise.all(
      Array.from({ length: READERS }, async () => {
        const client = new WebSocket(address)
        await once(client, 'open')
        client.send(JSON.stringify({ audio_path: recording, options: { jpeg_quality: 95 } }))
        client.pause()
        return client
      }),
    )
    // While they fill what the system keeps for them, and after: memory is looked at again and again.
    let most = 0
    for (let round = 0; round < 4; round++) {
      expect(await play(address)).toBe(frames)
      const { residentBytes, turns } = await usageOf(server.gateway)
      expect(turns).toBe(READERS)
      most = Math.max(most, residentBytes - before.residentBytes)
    }
    expect(most).toBeLessThan(MOST_BYTES_MORE)
    for (const client of stuck) client.terminate()
    await expect.poll(async () => (await usageOf(server.gateway)).turns, { timeout: 10_000 }).toBe(0)
  }, 120_000)

  it('MuseTalk HTTP: hold little memory, and another viewer is served as ever', async () => {
    const address = server.taps['musetalk-http']!
    const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) })
      return (await response.json()) as Record<string, unknown>
    }
    await post('/api/avatar/create', { avatar_id: 'avatar1', video_path: 'film.mp4' })
    const start = { avatar_id: 'avatar1', audio_path: 'long.wav' }
    const sessions = [await post('/api/inference/start', start), await post('/api/inference/start', start)]
    const before = await usageOf(server.gateway)
    const stuck = await Promise.all(
      Array.from({ length: READERS }, async (_, index) => {
        const viewer = await connected(address)
        viewer.write(`GET ${String(sessions[index % 2]!['stream_url'])} HTTP/1.1\r\nHost: viewer\r\n\r\n`)
        return viewer
      }),
    )
    const mib = await watch(address + String(sessions[0]!['stream_url']), 1_000)
    expect(mib).toBeGreaterThan(1)
    const { residentBytes } = await usageOf(server.gateway)
    expect(residentBytes - before.residentBytes).toBeLessThan(MOST_BYTES_MORE)
    for (const viewer of stuck) viewer.destroy()
    for (const session of sessions) {
      expect(await post(`/api/inference/stop/${String(session['session_id'])}`, {})).toMatchObject({
        status: 'success',
      })
    }
    await expect.poll(async () => (await usageOf(server.gateway)).turns, { timeout: 10_000 }).toBe(0)
  }, 120_000)
})

/** Watches a stream for a number of frames, and returns how many MiB those were. */
async function watch(stream: string, frames: number): Promise<number> {
  const leaving = new AbortController()
  const response = await fetch(stream, { signal: leaving.signal })
  let bytes = 0
  let seen = 0
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    seen += Buffer.from(piece).toString('latin1').split('image/jpeg').length - 1
    if (seen >= frames) break
  }
  expect(seen).toBeGreaterThanOrEqual(frames)
  leaving.abort()
  return bytes / 2 ** 20
}
