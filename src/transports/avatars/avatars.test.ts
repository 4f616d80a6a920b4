import { once } from 'node:events'
import { request, type ServerResponse } from 'node:http'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { filmPortrait, PORTRAIT } from '../../../test/media/film-portrait.js'
import { createApp, type App } from '../../app.js'
import { resolveConfig } from '../../config/load.js'
import { accessBy } from '../access.js'
import { createGateway } from '../gateway.js'
import { listen, type Listening } from '../listen.js'
import { createMetrics } from '../ops/metrics.js'
import { avatarRoutes, type AvatarRoutes } from './avatars.js'
import type { AvatarInfo, CreationLine } from './protocol.js'

let folder: string
let app: App
let avatars: AvatarRoutes
let listening: Listening
let url: string
const unexpected: unknown[] = []
const onUnexpectedError = (error: unknown): void => void unexpected.push(error)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-avatars-'))
  const flags = {
    dataDirectory: folder,
    'video.size': 128,
    'video.workers': 1,
    'avatars.maxImageBytes': 2_000_000,
    'avatars.maxVideoBytes': 2_000_000,
  }
  app = createApp(resolveConfig({ flags }))
  avatars = avatarRoutes({ ...app, onUnexpectedError }, { size: 128 })
  const metrics = createMetrics()
  metrics.close()
  const gateway = createGateway({
    version: '0',
    parts: [avatars.routes],
    metrics,
    notReady: () => null,
    info: () => ({}),
    onUnexpectedError,
  })
  const access = accessBy({ origins: '', apiKey: 'secret' })
  listening = await listen({
    host: '127.0.0.1',
    port: 0,
    title: 'The gateway',
    fetch: access.guard((request, env) => gateway.fetch(request, env)),
  })
  url = `http://127.0.0.1:${listening.port}`
})

afterAll(async () => {
  await avatars.close()
  await listening.close(0)
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
  expect(unexpected).toEqual([])
})

const KEY = { 'x-api-key': 'secret' }
const LINES = { ...KEY, accept: 'application/x-ndjson' }

interface Asking extends Omit<RequestInit, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>
}

function ask(path: string, init: Asking = {}): Promise<Response> {
  return fetch(url + path, { ...init, headers: { ...KEY, ...init.headers } })
}

function upload(
  file: Uint8Array<ArrayBuffer> | undefined,
  fields: Readonly<Record<string, string>> = {},
  init: Asking = {},
): Promise<Response> {
  const body = new FormData()
  if (file !== undefined) body.append('file', new Blob([file]), '../../me.png')
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  return ask('/v1/avatars', { method: 'POST', body, ...init })
}

async function listed(): Promise<AvatarInfo[]> {
  return ((await (await ask('/v1/avatars')).json()) as { avatars: AvatarInfo[] }).avatars
}

async function problem(answer: Response): Promise<string> {
  const { error } = (await answer.json()) as { error: { message: string } }
  return error.message
}

const linesOf = (text: string): CreationLine[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CreationLine)

async function photo(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(PORTRAIT))
}

async function wall(): Promise<Uint8Array<ArrayBuffer>> {
  const create = { width: 200, height: 160, channels: 3, background: '#808890' } as const
  return new Uint8Array(await sharp({ create }).jpeg().toBuffer())
}

/** Uploads that were cut off, and avatars half made, would lie here. */
async function leftovers(): Promise<string[]> {
  const here = await readdir(join(folder, 'avatars')).catch(() => [])
  return here.filter((name) => name.startsWith('.'))
}

describe('/v1/avatars', () => {
  afterEach(async () => {
    for (const { id } of await listed()) if (id !== null) await ask(`/v1/avatars/${id}`, { method: 'DELETE' })
  })

  it('makes an avatar of a photo, lists it after the built-in face, shows it and removes it', async () => {
    const made = await upload(await photo(), { id: 'anna' })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe('/v1/avatars/anna')
    const info = (await made.json()) as AvatarInfo
    expect(info).toMatchObject({ id: 'anna', kind: 'portrait' })

    const builtIn = {
      id: null,
      kind: 'built-in',
      width: 128,
      height: 128,
      picture: expect.any(String) as string,
    }
    expect(await listed()).toEqual([builtIn, info])

    const picture = await ask(info.picture!)
    expect(picture.headers.get('cache-control')).toContain('immutable')
    const etag = picture.headers.get('etag')!
    const { format, width } = await sharp(await picture.arrayBuffer()).metadata()
    expect({ format, isSmall: width <= 320 }).toEqual({ format: 'jpeg', isSmall: true })
    const again = await ask('/v1/avatars/anna/picture', { headers: { 'if-none-match': etag } })
    expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'private, no-cache'])
    const full = await sharp(await (await ask('/v1/avatars/anna/picture?size=full')).arrayBuffer()).metadata()
    expect(full).toMatchObject({ format: 'png', width: info.width, height: info.height })

    expect((await ask('/v1/avatars/anna', { method: 'DELETE' })).status).toBe(204)
    expect(await listed()).toEqual([builtIn])
    for (const [path, method] of [
      ['/v1/avatars/anna', 'DELETE'],
      ['/v1/avatars/anna/picture', 'GET'],
    ] as const) {
      const gone = await ask(path, { method })
      expect([gone.status, await problem(gone)]).toEqual([404, expect.stringContaining('"anna"')])
    }
  })

  it('shows the built-in face', async () => {
    const picture = await ask((await listed())[0]!.picture!)
    expect(picture.status).toBe(200)
    const { format, width, height } = await sharp(await picture.arrayBuffer()).metadata()
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 128, height: 128 })
  })

  it('tells how a video comes along, and ends with the avatar', async () => {
    const film = join(folder, 'film.mp4')
    const shots = Array.from({ length: 12 }, (_, i) => ({ x: 150 + i, y: 110 }))
    await filmPortrait(film, { width: 320, height: 240, fps: 10, shots })
    const answer = await upload(new Uint8Array(await readFile(film)), {}, { headers: LINES })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    const lines = linesOf(await answer.text())
    const frames = lines.flatMap((line) =>
      line.type === 'progress' && line.phase === 'frames' ? [line.done] : [],
    )
    expect(frames.at(-1)).toBe(12)
    expect(frames).toEqual([...frames].sort((a, b) => a - b))
    const avatar = { id: expect.stringMatching(/^face-/) as string, kind: 'video', width: 320, height: 240 }
    expect(lines.at(-1)).toMatchObject({ type: 'avatar', avatar })
    const full = await ask(`/v1/avatars/${(await listed())[1]!.id}/picture?size=full`)
    expect(await sharp(await full.arrayBuffer()).metadata()).toMatchObject({ format: 'jpeg', width: 320 })
  })

  it('says why a photo cannot be used, in the last line where it tells progress', async () => {
    const plain = await upload(await wall())
    expect(plain.status).toBe(400)
    const message = await problem(plain)
    expect(message).toMatch(/^No face was found in the photo/)
    const lines = linesOf(await (await upload(await wall(), {}, { headers: LINES })).text())
    expect(lines[0]).toMatchObject({ type: 'progress', phase: 'reading' })
    expect(lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'invalid-input', message } })
    expect(await listed()).toHaveLength(1)
  })

  it('replaces an avatar only when it is told to', async () => {
    await upload(await photo(), { id: 'anna' })
    const before = (await listed())[1]!.picture
    const refused = await upload(await photo(), { id: 'anna' }, { headers: LINES })
    expect([refused.status, await problem(refused)]).toEqual([409, expect.stringContaining('replace=true')])
    expect((await listed())[1]!.picture).toBe(before)
    expect((await upload(await photo(), { id: 'anna', replace: 'true' })).status).toBe(201)
    expect((await listed())[1]!.picture).not.toBe(before)
  })

  it('lists a damaged avatar as such, so that it can be removed', async () => {
    await upload(await photo(), { id: 'anna' })
    await writeFile(join(folder, 'avatars', 'anna', 'avatar.json'), '{')
    expect((await listed())[1]).toEqual({ id: 'anna', kind: 'damaged' })
    const picture = await ask('/v1/avatars/anna/picture')
    expect(picture.status).toBe(503)
    expect(await problem(picture)).not.toContain(folder)
    expect((await ask('/v1/avatars/anna', { method: 'DELETE' })).status).toBe(204)
  })

  it.each([
    ['no file', () => upload(undefined), 400, 'file is missing'],
    ['an id that is none', async () => upload(await wall(), { id: '../x' }), 400, '"../x"'],
    [
      'the name of the built-in face',
      async () => upload(await wall(), { id: '_built-in' }),
      400,
      '_built-in',
    ],
    ['a file that is nothing', () => upload(new TextEncoder().encode('hello')), 400, 'the file'],
    ['a file that is too large', () => upload(new Uint8Array(2_500_000)), 413, '2000000 bytes'],
    ['no form', () => ask('/v1/avatars', { method: 'POST', body: 'x' }), 400, 'multipart/form-data'],
    ['another size', () => ask('/v1/avatars/_built-in/picture?size=huge'), 400, 'small or full'],
    ['a path for an id', () => ask('/v1/avatars/..%2Fx/picture'), 400, '"../x"'],
    ['the built-in face', () => ask('/v1/avatars/_built-in', { method: 'DELETE' }), 400, '_built-in'],
  ])('refuses %s', async (_what, attempt, status, words) => {
    const answer = await attempt()
    expect(answer.status).toBe(status)
    const message = await problem(answer)
    expect(message).toContain(words)
    expect(message).not.toContain(folder)
  })

  it('makes two at once, refuses the third, and stops when its client leaves', async () => {
    const held = await Promise.all([hold(), hold()])
    const refused = await upload(await wall())
    expect([refused.status, await problem(refused)]).toEqual([
      503,
      expect.stringContaining('try again later'),
    ])
    for (const leave of held) leave()
    await expect.poll(async () => (await upload(await wall())).status, { timeout: 15_000 }).toBe(400)
    expect(await listed()).toHaveLength(1)
    expect(await leftovers()).toEqual([])
  })

  it('makes nothing for a client that leaves while it is told how far the work is', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const { faces, ...services } = app.avatars
    const slow = avatarRoutes(
      { ...app, avatars: { ...services, faces: () => held.then(faces) }, onUnexpectedError },
      { size: 128, maxCreations: 1 },
    )
    const open = await listen({ host: '127.0.0.1', port: 0, title: 'x', fetch: slow.routes.fetch })
    const gone = new Promise<void>((resolve) => {
      open.server.once('request', (_request, answer: ServerResponse) => answer.once('close', resolve))
    })
    const left = new AbortController()
    const send = (file: Uint8Array<ArrayBuffer>, signal: AbortSignal | null): Promise<Response> => {
      const body = new FormData()
      body.append('file', new Blob([file]))
      const init = { method: 'POST', headers: LINES, body, signal }
      return fetch(`http://127.0.0.1:${open.port}/v1/avatars`, init)
    }
    const answer = await send(await photo(), left.signal)
    const first = await answer.body!.getReader().read()
    expect(linesOf(new TextDecoder().decode(first.value as Uint8Array))[0]).toMatchObject({
      phase: 'reading',
    })
    left.abort()
    await gone
    expect((await send(await wall(), null)).status).toBe(503)
    release()
    // Its place is free when nothing of it runs any more.
    await expect.poll(async () => (await send(await wall(), null)).status, { timeout: 15_000 }).toBe(200)
    await slow.close()
    await open.close(0)
    expect(await listed()).toHaveLength(1)
    expect(await leftovers()).toEqual([])
  })

  it('takes nothing from a page of another origin, nor without the key', async () => {
    const foreign = await upload(
      await photo(),
      {},
      { headers: { ...KEY, origin: 'https://elsewhere.example' } },
    )
    expect(foreign.status).toBe(403)
    expect((await upload(await photo(), {}, { headers: { 'x-api-key': 'wrong' } })).status).toBe(401)
    expect((await fetch(`${url}/v1/avatars`)).status).toBe(401)
    expect((await fetch(`${url}/v1/avatars?api_key=secret`)).status).toBe(200)
    expect(await listed()).toHaveLength(1)
  })

  it('is described', async () => {
    const { paths } = (await (await ask('/openapi.json')).json()) as { paths: Record<string, object> }
    expect(Object.keys(paths['/v1/avatars']!)).toEqual(['get', 'post'])
    expect(Object.keys(paths['/v1/avatars/{id}']!)).toEqual(['delete'])
  })
})

/** An upload that does not end. Resolves, when the server has taken it up, with what gives it up. */
async function hold(): Promise<() => void> {
  const type = 'multipart/form-data; boundary=x'
  const held = request(`${url}/v1/avatars`, {
    method: 'POST',
    // The server says "100 Continue" as it hands the request on.
    headers: { ...KEY, 'content-type': type, expect: '100-continue' },
  })
  held.on('error', () => undefined)
  held.flushHeaders()
  await once(held, 'continue')
  held.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n')
  return () => {
    held.destroy()
  }
}
