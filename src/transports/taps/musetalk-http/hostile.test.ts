/** Requests that no honest client sends, over real sockets. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { writeTinyPortrait } from '../../../stages/avatar/fixtures/tiny-avatar.js'
import { AvatarStore } from '../../../stages/avatar/store.js'
import { fakeExpression, fakeLog, fakeVideo } from '../../../testing/fake-stages.js'
import { allFrames } from './fixtures/mjpeg-reader.js'
import { FILM_FPS, numberedFilm } from './fixtures/numbered-film.js'
import { noFaces, serveTap } from './fixtures/server.js'

const speech = fileURLToPath(new URL('../../../../test/media/speech-en-3s.wav', import.meta.url))
const REQUESTS = 2000

/** Numbers below a bound that are the same in every run: the generator of Numerical Recipes. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const next = randomNumbers(5000)
const pick = <T>(items: readonly T[]): T => items[next(items.length)]!

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 8, 25, 1e308, '', 'anna', '../anna', 'con', 'a\0b', '\ud800', '主播'],
  ...['/dev/zero', '/proc/self/mem', '/', '.', speech, 'x'.repeat(5000), [], {}, [[[]]], { length: 1 }],
]
const FIELDS = [
  ...['avatar_id', 'video_path', 'audio_path', 'bbox_shift', 'batch_size', 'fps', 'skip_save_images'],
  ...['__proto__', 'constructor', 'toString'],
]
const BUSY_PATHS = ['/api/avatar/create', '/api/inference/start']
const PATHS = [
  ...BUSY_PATHS,
  ...['/api/inference/stop/anna_1', '/api/stream/anna_1'],
  ...['/api/avatar/list', '/api/health', '/', '/openapi.json', '/api/stream/%00', '/api/stream/%ff'],
  ...['/api/stream/..%2f..%2fetc', '/api/inference/stop/__proto__', '//', '/api', '/api/stream/'],
]
const TYPES = [
  'application/json',
  'application/json',
  'application/json',
  'text/plain',
  'multipart/form-data',
  '',
]

function hostileBody(): string | Buffer {
  const fields: Record<string, unknown> = {}
  for (let count = next(6); count > 0; count--) fields[pick(FIELDS)] = pick(VALUES)
  const text = JSON.stringify(fields)
  switch (next(8)) {
    case 0:
      return text.slice(0, next(text.length))
    case 1:
      return Buffer.from(Array.from({ length: next(300) }, () => next(256)))
    case 2:
      return pick([
        '['.repeat(60_000),
        `{"avatar_id":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
        'null',
        '"',
      ])
    case 3:
      return `{"__proto__":{"avatar_id":"anna"},"audio_path":${JSON.stringify(pick(VALUES))}}`
    default:
      return text
  }
}

it(`answers ${REQUESTS} hostile requests, none with an error of its own, and serves on`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'phiz-hostile-'))
  const store = new AvatarStore(folder)
  await store.create('anna', {}, (content) => writeTinyPortrait(content))
  const limits = { maxImageBytes: 1, maxImagePixels: 1, maxVideoBytes: 1, maxVideoSeconds: 1 }
  const log = fakeLog()
  const catalogue = numberedFilm(fakeExpression({ fps: FILM_FPS }), fakeVideo({ log }))
  const server = await serveTap(
    { catalogue, avatars: { store, faces: noFaces, limits } },
    { outputDirectory: join(folder, 'out'), idleSeconds: 0.5 },
  )
  try {
    const statuses = new Map<number, number>()
    const attack = async (): Promise<void> => {
      const method = pick(['POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      const answer = await fetch(server.url + pick(next(2) === 0 ? BUSY_PATHS : PATHS), {
        method,
        headers: { 'content-type': pick(TYPES) },
        ...(method !== 'GET' && { body: hostileBody() }),
      })
      await answer.arrayBuffer()
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    }
    for (let sent = 0; sent < REQUESTS; sent += 30) await Promise.all(Array.from({ length: 30 }, attack))
    for (let count = 0; count < 50; count++) await breakOff(server.url)

    expect([...statuses.keys()].filter((status) => ![200, 400, 404, 405, 422, 503].includes(status))).toEqual(
      [],
    )
    expect(statuses.get(422)).toBeGreaterThan(REQUESTS / 10)
    expect(server.unexpected).toEqual([])
    await expect.poll(() => log.open, { timeout: 5000 }).toBe(0)

    const started = await server.post('/api/inference/start', { avatar_id: 'anna', audio_path: speech })
    const { stream_url: stream } = (await started.json()) as { stream_url: string }
    expect((await allFrames(await server.get(stream))).length).toBeGreaterThan(70)
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})

/** A client that leaves in the middle of its request, or speaks no HTTP. */
async function breakOff(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const head = `POST /api/inference/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`
  const text = pick([
    `${head}Content-Length: 500\r\n\r\n{"avatar_id":`,
    `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `${head}Content-Length: 99999999999\r\n\r\n{`,
    'GET /api/stream/anna_1 HTTP/1.1\r\n',
    '\0\0\0\0',
  ])
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text, () => {
        socket.destroy()
      })
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      resolve()
    })
  })
}
