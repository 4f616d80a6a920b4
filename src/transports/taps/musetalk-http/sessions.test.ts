/** Sessions and their viewers over real sockets, with films that are made in no time. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AvatarServices } from '../../../stages/avatar/job.js'
import { writeTinyPortrait } from '../../../stages/avatar/fixtures/tiny-avatar.js'
import { AvatarStore } from '../../../stages/avatar/store.js'
import { fakeExpression, fakeLog, fakeVideo } from '../../../testing/fake-stages.js'
import { allFrames, readMjpeg } from './fixtures/mjpeg-reader.js'
import { FILM_FPS, numberedFilm, numberOf } from './fixtures/numbered-film.js'
import { noFaces, serveTap, type Server } from './fixtures/server.js'
import { RING_FRAMES } from './session.js'
import type { MusetalkHttpOptions } from './tap.js'

const short = fileURLToPath(new URL('../../../../test/media/speech-en-3s.wav', import.meta.url))
const long = fileURLToPath(new URL('../../../../test/media/speech-en-7s.wav', import.meta.url))

let folder: string
let avatars: AvatarServices
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-viewers-'))
  const store = new AvatarStore(folder)
  await store.create('anna', {}, (content) => writeTinyPortrait(content))
  const limits = { maxImageBytes: 1, maxImagePixels: 1, maxVideoBytes: 1, maxVideoSeconds: 1 }
  avatars = { store, faces: noFaces, limits }
})
afterAll(() => rm(folder, { recursive: true }))

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(options: Partial<MusetalkHttpOptions> = {}, frameBytes?: number) {
  const log = fakeLog()
  const catalogue = numberedFilm(fakeExpression({ fps: FILM_FPS }), fakeVideo({ log }), frameBytes)
  const server = await serveTap({ catalogue, avatars }, options)
  closers.push(() => server.close())
  return { server, log }
}

async function start(server: Server, audio_path = short): Promise<{ id: string; stream: string }> {
  const answer = await server.post('/api/inference/start', { avatar_id: 'anna', audio_path })
  expect(answer.status).toBe(200)
  const { session_id: id, stream_url: stream } = (await answer.json()) as Record<string, string>
  return { id: id!, stream: stream! }
}

async function numbers(answer: Response): Promise<number[]> {
  return (await allFrames(answer)).map(numberOf)
}

async function settled(read: () => number): Promise<number> {
  let before = -1
  await expect
    .poll(
      () => {
        const isStill = read() === before
        before = read()
        return isStill
      },
      { interval: 150 },
    )
    .toBe(true)
  return before
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

describe('a session', () => {
  it('waits for its first viewer at 30 frames, who then misses none', async () => {
    const { server, log } = await serve()
    const { stream } = await start(server)
    const made = await settled(() => log.made)
    expect(made).toBeGreaterThan(RING_FRAMES - 5)
    expect(made).toBeLessThanOrEqual(RING_FRAMES)
    const seen = await numbers(await server.get(stream))
    expect(seen).toEqual(upTo(log.made))
    expect(seen.length).toBeGreaterThan(70)
  })

  it('waits again when all viewers have left, and goes on for the next', async () => {
    const { server, log } = await serve()
    const { stream } = await start(server)
    const leaving = new AbortController()
    for await (const frame of readMjpeg(await server.get(stream, leaving.signal))) {
      if (numberOf(frame) === 20) break
    }
    leaving.abort()
    const made = await settled(() => log.made)
    expect(made).toBeLessThan(72)
    const seen = await numbers(await server.get(stream))
    expect(seen).toEqual(upTo(log.made).slice(seen[0]))
    expect(seen[0]).toBeGreaterThanOrEqual(20)
    expect(log.made).toBeGreaterThan(made)
  })

  it('takes the oldest frames from a viewer who lags, and none from another', async () => {
    const { server, log } = await serve({}, 1 << 18)
    const { stream } = await start(server, long)
    const lagging = await server.get(stream)
    const seen = await numbers(await server.get(stream))
    expect(seen.slice(seen.indexOf(1))).toEqual(upTo(log.made).slice(1))

    const late = await numbers(lagging)
    expect(late.length).toBeLessThan(log.made - 10)
    expect(late.slice(-RING_FRAMES)).toEqual(upTo(log.made).slice(-RING_FRAMES))
    expect(late).toEqual([...late].sort((a, b) => a - b))
  })

  it('shows twenty viewers the same film', async () => {
    const { server, log } = await serve({ maxViewers: 20 })
    const { stream } = await start(server)
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.get(stream)))
    const refused = await server.get(stream)
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { detail: expect.stringMatching(/^20 viewers watch session anna_\d+, as many as may\.$/) as string },
    ])
    for (const seen of await Promise.all(answers.map(numbers))) {
      // Those who come when the first frame has been shown begin with the newest.
      expect(seen).toEqual(upTo(log.made).slice(seen[0]))
      expect(seen.length).toBeGreaterThan(RING_FRAMES)
    }
  })

  it('ends for its viewers at once when it is stopped', async () => {
    const { server, log } = await serve({ pace: 'realtime' })
    const { id, stream } = await start(server)
    const seen: number[] = []
    for await (const frame of readMjpeg(await server.get(stream))) {
      if (seen.push(numberOf(frame)) !== 3) continue
      const answer = await server.post(`/api/inference/stop/${id}`)
      expect(await answer.json()).toEqual({ status: 'success', message: `Session ${id} stopped` })
    }
    expect(seen.length).toBeLessThan(RING_FRAMES)
    expect(server.outcomes).toEqual(['cancelled'])
    expect(log.open).toBe(0)
    // Stopping twice is no error, and a late viewer sees the last picture.
    expect((await server.post(`/api/inference/stop/${id}`)).status).toBe(200)
    expect(await numbers(await server.get(stream))).toHaveLength(1)
  })

  it('ends when nobody watches for long, and is then forgotten', async () => {
    const { server, log } = await serve({ idleSeconds: 0.2, rememberSeconds: 0.2 })
    const { id } = await start(server)
    await expect.poll(() => server.outcomes).toEqual(['cancelled'])
    expect(log.open).toBe(0)
    await expect.poll(async () => (await server.post(`/api/inference/stop/${id}`)).status).toBe(404)
    const answer = await server.get(`/api/stream/${id}`)
    expect([answer.status, await answer.json()]).toEqual([404, { detail: `Session ${id} not found` }])
  })

  it('is one of a bounded number, each with an id of its own', async () => {
    const { server } = await serve({ maxSessions: 3 })
    const sessions = await Promise.all([start(server), start(server), start(server)])
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(3)
    for (const { id } of sessions) expect(id).toMatch(/^anna_\d{10}(_[23])?$/)
    const refused = await server.post('/api/inference/start', { avatar_id: 'anna', audio_path: short })
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { detail: '3 sessions run, as many as may; stop one, or try again later.' },
    ])
    await server.post(`/api/inference/stop/${sessions[0].id}`)
    await start(server)
  })

  it('leaves no viewer behind for a HEAD request, or for one whose client has gone', async () => {
    const { server } = await serve({ maxViewers: 1 })
    const { stream } = await start(server)
    for (let count = 0; count < 3; count++) {
      expect((await fetch(server.url + stream, { method: 'HEAD' })).status).toBe(200)
      const gone = new AbortController()
      await expect.poll(async () => (await server.get(stream, gone.signal)).status).toBe(200)
      gone.abort()
    }
  })

  it('keeps the pace of its film in real time', async () => {
    const { server, log } = await serve({ pace: 'realtime' })
    const { stream } = await start(server)
    const startedAt = performance.now()
    const seen = await numbers(await server.get(stream))
    // It can be late on a busy machine, never early.
    expect((performance.now() - startedAt) / 1000).toBeGreaterThanOrEqual((seen.length - 1) / FILM_FPS - 0.02)
    expect(seen).toEqual(upTo(log.made))
  })

  it('is over when the tap closes, and so are its streams', async () => {
    const { server, log } = await serve({ pace: 'realtime' })
    const streams: Promise<number[]>[] = []
    for (let count = 0; count < 3; count++)
      streams.push(numbers(await server.get((await start(server)).stream)))
    await start(server)
    await server.close()
    closers.length = 0
    for (const seen of await Promise.all(streams)) expect(seen.length).toBeLessThan(RING_FRAMES)
    expect(server.outcomes).toEqual(Array(4).fill('cancelled'))
    expect(log.open).toBe(0)
    expect(server.unexpected).toEqual([])
  })
})
