/** The tap as its clients see it, on the real engines: one file, although long, as its tests share them. */
import { copyFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { filmPortrait, PORTRAIT } from '../../../../test/media/film-portrait.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { say } from '../../../say.js'
import { allFrames, readMjpeg } from './fixtures/mjpeg-reader.js'
import { serveTap, type Server } from './fixtures/server.js'
import type { MusetalkHttpOptions } from './tap.js'

const speech = fileURLToPath(new URL('../../../../test/media/speech-en-3s.wav', import.meta.url))

let app: App
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-musetalk-http-'))
  const flags = { dataDirectory: join(folder, 'data'), 'video.size': 128, 'video.workers': 1 }
  app = createApp(resolveConfig({ flags }))
  await copyFile(PORTRAIT, join(folder, 'face.png'))
  // Half a second of the recording, with the header it had: cut files are spoken as far as they go.
  await writeFile(join(folder, 'short.wav'), (await readFile(speech)).subarray(0, 44 + 16_000))
  await filmPortrait(join(folder, 'film.mp4'), {
    width: 320,
    height: 240,
    fps: 25,
    shots: Array.from({ length: 40 }, (_, index) => ({ x: 160 + index / 10, y: 120 })),
  })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(options: Partial<MusetalkHttpOptions> = {}): Promise<Server> {
  const server = await serveTap(app, {
    workingDirectory: folder,
    outputDirectory: join(folder, 'results'),
    ...options,
  })
  closers.push(() => server.close())
  return server
}

async function json(answer: Response | Promise<Response>): Promise<[number, Record<string, unknown>]> {
  const { status, ...response } = { status: (await answer).status, body: await (await answer).json() }
  return [status, response.body as Record<string, unknown>]
}

async function createFace(server: Server, avatar_id: string): Promise<void> {
  const answer = await server.post('/api/avatar/create', { avatar_id, video_path: 'face.png' })
  expect(await json(answer)).toEqual([
    200,
    { status: 'success', message: `Avatar ${avatar_id} created successfully`, avatar_id },
  ])
}

async function speak(server: Server, order: object): Promise<{ id: string; frames: Uint8Array[] }> {
  const [status, started] = await json(server.post('/api/inference/start', order))
  expect(started).toMatchObject({ status: 'success' })
  expect(status).toBe(200)
  const id = started['session_id'] as string
  return { id, frames: await allFrames(await server.get(`/api/stream/${id}`)) }
}

async function listed(server: Server): Promise<Record<string, string>> {
  const [, { avatars }] = await json(server.get('/api/avatar/list'))
  const entries = avatars as { avatar_id: string; status: string }[]
  return Object.fromEntries(entries.map(({ avatar_id, status }) => [avatar_id, status]))
}

describe('the MuseTalk HTTP service', () => {
  it('answers as documented: health, create, list, start, stream, stop', async () => {
    const server = await serve()
    expect(await json(server.get('/api/health'))).toEqual([
      200,
      { status: 'ok', message: 'MuseTalk Streaming API is running' },
    ])
    const before = Date.now() / 1000
    await createFace(server, 'avatar1')
    const [, { avatars }] = await json(server.get('/api/avatar/list'))
    expect(avatars).toEqual([
      { avatar_id: 'avatar1', status: 'idle', created_at: expect.any(Number) as number },
    ])
    const [{ created_at: createdAt }] = avatars as [{ created_at: number }]
    expect(createdAt).toBeGreaterThan(before - 1)
    expect(createdAt).toBeLessThan(Date.now() / 1000 + 1)

    const [status, started] = await json(
      server.post('/api/inference/start', { avatar_id: 'avatar1', audio_path: 'short.wav', fps: 25 }),
    )
    const id = started['session_id'] as string
    expect([status, started]).toEqual([
      200,
      { status: 'success', message: 'Inference started', session_id: id, stream_url: `/api/stream/${id}` },
    ])
    expect(id).toMatch(/^avatar1_\d{10}$/)
    const stream = await server.get(started['stream_url'] as string)
    expect(stream.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=frame')
    const frames = await allFrames(stream)
    expect(frames).toHaveLength(13)
    expect(await sharp(frames[0]).metadata()).toMatchObject({ format: 'jpeg', width: 128, height: 128 })
    expect(await json(server.post(`/api/inference/stop/${id}`))).toEqual([
      200,
      { status: 'success', message: `Session ${id} stopped` },
    ])
    expect(server.outcomes).toEqual(['completed'])
    expect(server.unexpected).toEqual([])
  })

  it('sends the frames that the line makes of the same avatar and sound', async () => {
    const server = await serve()
    await createFace(server, 'same')
    const { store } = app.avatars
    const output = join(folder, 'line')
    await say(app, {
      source: { kind: 'recording', path: join(folder, 'short.wav') },
      avatar: { folder: store.folderOf('same'), manifest: await store.get('same') },
      output,
    })
    const { frames } = await speak(server, { avatar_id: 'same', audio_path: 'short.wav' })
    const names = (await readdir(output)).sort()
    expect(frames).toHaveLength(names.length)
    for (const [index, name] of names.entries()) {
      expect(Buffer.compare(await readFile(join(output, name)), frames[index]!), name).toBe(0)
    }
  })

  it('makes as many frames a second as are asked for', async () => {
    const server = await serve()
    await createFace(server, 'rates')
    for (const fps of [8, 29.97, 60]) {
      const { frames } = await speak(server, { avatar_id: 'rates', audio_path: 'short.wav', fps })
      expect(frames.length, `${fps}`).toBe(Math.ceil(0.5 * fps))
    }
  })

  it('saves the frames as PNGs when asked to, watched or not', async () => {
    const server = await serve({ savingIdleSeconds: 0.2 })
    await createFace(server, 'saved')
    const order = { avatar_id: 'saved', audio_path: 'short.wav', skip_save_images: false }
    const { id, frames } = await speak(server, order)
    await expect.poll(() => server.outcomes).toEqual(['completed'])
    const place = join(folder, 'results', 'saved', id)
    const names = (await readdir(place)).sort()
    expect(names).toEqual(frames.map((_, index) => `${String(index).padStart(8, '0')}.png`))
    for (const index of [0, frames.length - 1]) {
      const [png, jpeg] = await Promise.all(
        [join(place, names[index]!), frames[index]!].map((file) => sharp(file).raw().toBuffer()),
      )
      expect(Buffer.compare(png!, jpeg!)).toBe(0)
    }

    const full = await serve({ outputDirectory: join(folder, 'face.png') })
    expect(await json(full.post('/api/inference/start', order))).toEqual([
      503,
      { detail: 'The pictures cannot be saved on the server (ENOTDIR).' },
    ])

    const [, { session_id: unwatched }] = await json(server.post('/api/inference/start', order))
    await expect.poll(() => server.outcomes).toEqual(['completed', 'completed'])
    expect(await readdir(join(folder, 'results', 'saved', unwatched as string))).toHaveLength(frames.length)
  })

  it('makes avatars of videos, tells of those in the making, and refuses to make one twice at a time', async () => {
    const server = await serve()
    const making = server.post('/api/avatar/create', { avatar_id: 'film', video_path: 'film.mp4' })
    await expect.poll(() => listed(server)).toMatchObject({ film: 'preparing' })
    const busy = [409, { detail: 'Avatar film is being prepared' }]
    const again = { avatar_id: 'film', video_path: 'face.png' }
    expect(await json(server.post('/api/avatar/create', again))).toEqual(busy)
    const order = { avatar_id: 'film', audio_path: 'short.wav' }
    expect(await json(server.post('/api/inference/start', order))).toEqual(busy)
    expect((await making).status).toBe(200)
    expect(await listed(server)).toMatchObject({ film: 'idle' })
    const { frames } = await speak(server, order)
    expect(await sharp(frames[0]).metadata()).toMatchObject({ width: 320, height: 240 })

    // Once more, of another source: the new one takes the old one's place, but not while it speaks.
    const [, { session_id: id }] = await json(server.post('/api/inference/start', order))
    expect(await json(server.post('/api/avatar/create', again))).toEqual([
      409,
      { detail: 'Avatar film is speaking; stop its sessions first' },
    ])
    await server.post(`/api/inference/stop/${String(id)}`)
    await createFace(server, 'film')
    expect((await app.avatars.store.get('film')).kind).toBe('portrait')
  })

  it('stops making an avatar whose client has gone, and when the tap closes', async () => {
    const server = await serve({ maxCreations: 1 })
    const leaving = new AbortController()
    const create = (avatar_id: string, signal?: AbortSignal): Promise<Response> =>
      fetch(`${server.url}/api/avatar/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ avatar_id, video_path: 'film.mp4' }),
        ...(signal && { signal }),
      })
    const gone = create('gone', leaving.signal)
    await expect.poll(() => listed(server)).toMatchObject({ gone: 'preparing' })
    expect(await json(create('second'))).toEqual([
      503,
      { detail: '1 avatars are being made, as many as may; try again later.' },
    ])
    leaving.abort()
    await expect(gone).rejects.toThrow()
    await expect.poll(() => listed(server)).not.toHaveProperty('gone')

    const cut = create('cut')
    await expect.poll(() => listed(server)).toMatchObject({ cut: 'preparing' })
    const closed = server.close()
    expect((await cut).status).toBe(503)
    await closed
    closers.length = 0
    expect(Object.keys(await app.avatars.store.list())).not.toContain('cut')
    expect(server.unexpected).toEqual([])
  })

  it('names what is wrong', async () => {
    const server = await serve()
    await createFace(server, 'fine')
    await writeFile(join(folder, 'text.wav'), 'no sound at all')
    await writeFile(join(folder, 'text.mp4'), 'no video at all')
    const create = (video_path: string): Promise<Response> =>
      server.post('/api/avatar/create', { avatar_id: 'bad', video_path })
    const start = (avatar_id: string, audio_path: string): Promise<Response> =>
      server.post('/api/inference/start', { avatar_id, audio_path })
    const answers: [() => Promise<Response>, number, string | RegExp][] = [
      [() => create('none.mp4'), 404, 'Video file not found: none.mp4'],
      [() => create('/dev/zero'), 404, 'Video file not found: /dev/zero'],
      [() => create('a\0b'), 404, 'Video file not found: a\0b'],
      [() => create('.'), 404, 'Video file not found: .'],
      [() => create('text.mp4'), 400, /^text\.mp4 /],
      [() => create('short.wav'), 400, /short\.wav/],
      [() => start('nobody', 'short.wav'), 404, 'Avatar nobody not found'],
      [() => start('../fine', 'short.wav'), 404, 'Avatar ../fine not found'],
      [() => start('x'.repeat(500), 'short.wav'), 404, `Avatar ${'x'.repeat(79)}… not found`],
      [() => start('fine', 'none.wav'), 404, 'Audio file not found: none.wav'],
      [() => start('fine', 'text.wav'), 400, /^text\.wav /],
      [() => server.get('/api/stream/fine_1'), 404, 'Session fine_1 not found'],
      [() => server.post('/api/inference/stop/__proto__'), 404, 'Session __proto__ not found'],
      [() => server.get('/api/nothing'), 404, 'Not Found'],
      [() => server.get('/api/avatar/create'), 405, 'Method Not Allowed'],
      [() => fetch(`${server.url}/api/health`, { method: 'DELETE' }), 405, 'Method Not Allowed'],
      [
        () => server.post('/api/avatar/create', { avatar_id: 'x'.repeat(70_000) }),
        413,
        'The body is larger than 65536 bytes.',
      ],
    ]
    for (const [ask, status, detail] of answers) {
      const [found, body] = await json(ask())
      expect(body['detail']).toEqual(
        typeof detail === 'string' ? detail : (expect.stringMatching(detail) as string),
      )
      expect(found, String(detail)).toBe(status)
      expect(JSON.stringify(body)).not.toContain(folder)
    }
    expect((await server.get('/api/inference/start')).headers.get('allow')).toBe('POST')
    expect(await listed(server)).not.toHaveProperty('bad')
    expect(server.unexpected).toEqual([])
  })

  it('reads inside the media roots only, links and dots included', async () => {
    const root = await mkdtemp(join(folder, 'root-'))
    await symlink(join(folder, 'face.png'), join(root, 'link.png'))
    await copyFile(join(folder, 'face.png'), join(root, 'in.png'))
    const server = await serve({ mediaRoots: [root], workingDirectory: root })
    const create = (video_path: string): Promise<Response> =>
      server.post('/api/avatar/create', { avatar_id: 'rooted', video_path })
    for (const path of ['link.png', '../face.png', join(folder, 'face.png'), `${root}/../face.png`]) {
      expect(await json(create(path))).toEqual([404, { detail: `Video file not found: ${path}` }])
    }
    expect((await create('in.png')).status).toBe(200)
  })

  it('lists a damaged avatar as such, and does not let it speak', async () => {
    const server = await serve()
    await createFace(server, 'broken')
    await writeFile(join(app.avatars.store.folderOf('broken'), 'avatar.json'), '{')
    expect(await listed(server)).toMatchObject({ broken: 'error' })
    expect(
      await json(server.post('/api/inference/start', { avatar_id: 'broken', audio_path: 'short.wav' })),
    ).toEqual([503, { detail: 'Avatar broken is damaged; create it again' }])
    await createFace(server, 'broken')
    expect(await listed(server)).toMatchObject({ broken: 'idle' })
  })

  it('shows its film in the page, which has the four steps and loads nothing from elsewhere', async () => {
    const server = await serve()
    const answer = await server.get('/')
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-/)
    const page = await answer.text()
    for (const text of ['创建 Avatar', '刷新列表', '开始生成', '停止生成']) expect(page).toContain(text)
    expect(page).not.toMatch(/https?:|(src|href)="(?!data:,)/)
  })

  it('describes itself, each status that can occur included', async () => {
    const server = await serve()
    const [, document] = await json(server.get('/openapi.json'))
    const paths = document['paths'] as Record<string, Record<string, { responses: object }>>
    const statuses = Object.entries(paths).map(([path, methods]) => [
      path,
      Object.entries(methods).map(([method, { responses }]) => `${method} ${Object.keys(responses).join()}`),
    ])
    expect(Object.fromEntries(statuses)).toEqual({
      '/': ['get 200,405'],
      '/api/health': ['get 200,405'],
      '/api/avatar/create': ['post 200,400,404,405,409,413,422,500,503'],
      '/api/avatar/list': ['get 200,405,500'],
      '/api/inference/start': ['post 200,400,404,405,409,413,422,500,503'],
      '/api/stream/{session_id}': ['get 200,400,404,405,500,503'],
      '/api/inference/stop/{session_id}': ['post 200,404,405'],
    })
  })

  it('stops an avatar in the middle of a film, and lets it begin another', async () => {
    const server = await serve({ pace: 'realtime' })
    await createFace(server, 'stops')
    const order = { avatar_id: 'stops', audio_path: speech }
    const [, { session_id: id }] = await json(server.post('/api/inference/start', order))
    let seen = 0
    for await (const frame of readMjpeg(await server.get(`/api/stream/${String(id)}`))) {
      expect(frame.length).toBeGreaterThan(0)
      if (++seen === 5) expect((await server.post(`/api/inference/stop/${String(id)}`)).status).toBe(200)
    }
    expect(seen).toBeLessThan(30)
    expect(server.outcomes).toEqual(['cancelled'])
    const { frames } = await speak(server, { avatar_id: 'stops', audio_path: 'short.wav' })
    expect(frames).toHaveLength(13)
  })
})
