import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../app.js'
import { resolveConfig } from '../../config/load.js'
import { LANDMARKS_FILE, PICTURE_FILE, PREVIEW_FILE } from '../../stages/avatar/files.js'
import { writeTinyVideo } from '../../stages/avatar/fixtures/tiny-avatar.js'
import { landmarksToBytes } from '../../stages/avatar/landmark-bytes.js'
import type { AvatarDraft } from '../../stages/avatar/manifest.js'
import { encodeJpeg } from '../../media/jpeg.js'
import { loadAvatarPainter } from '../../stages/video/portrait/load-painter.js'
import { PORTRAIT_FOLDER } from '../../stages/video/portrait/avatar.js'
import { rigRoutes, type RigRoutes } from './routes.js'

const SIZE = 256

let folder: string
let app: App
let rigs: RigRoutes
const unexpected: unknown[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-rig-'))
  app = createApp(resolveConfig({ flags: { dataDirectory: folder } }))
  rigs = rigRoutes({
    catalogue: app.catalogue,
    avatars: app.avatars,
    telemetry: app.telemetry,
    onUnexpectedError: (error) => void unexpected.push(error),
  })
  await app.avatars.store.create('anna', {}, writePortrait)
  await app.avatars.store.create('clip', {}, writeTinyVideo)
})

afterAll(async () => {
  await rigs.close()
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
  expect(unexpected).toEqual([])
})

/** A portrait whose photo is the built-in face. */
async function writePortrait(content: string): Promise<AvatarDraft> {
  const painter = await loadAvatarPainter(undefined, SIZE)
  const rgb = new Uint8Array(SIZE * SIZE * 3)
  await painter.paint({ weights: new Float32Array(52), rotation: [0, 0, 0], seconds: 0 }, rgb)
  const picture = await encodeJpeg(rgb, SIZE, SIZE, 90)
  const file = JSON.parse(await readFile(new URL('avatar.json', PORTRAIT_FOLDER), 'utf8')) as {
    size: number
    landmarks: number[]
  }
  const landmarks = Float32Array.from(file.landmarks, (value) => (value * SIZE) / file.size)
  await writeFile(join(content, PICTURE_FILE), picture)
  await writeFile(join(content, PREVIEW_FILE), picture)
  await writeFile(join(content, LANDMARKS_FILE), landmarksToBytes(landmarks))
  return {
    kind: 'portrait',
    source: { name: 'anna.jpg', format: 'jpeg', width: SIZE, height: SIZE },
    face: { width: 120, height: 140, yaw: 0, others: 0 },
    picture: { bytes: picture.length },
    width: SIZE,
    height: SIZE,
    bboxShift: 0,
  }
}

const ask = (id: string, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(rigs.routes.request(`/v1/avatars/${id}/rig`, { headers }))

describe('GET /v1/avatars/:id/rig', () => {
  it.each(['_built-in', 'anna'])(
    'gives the rig of %s as GLB, and says when it has not changed',
    async (id) => {
      const answer = await ask(id)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('model/gltf-binary')
      const bytes = new Uint8Array(await answer.arrayBuffer())
      expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('glTF')
      expect(new DataView(bytes.buffer).getUint32(8, true)).toBe(bytes.length)
      expect(bytes.length).toBeGreaterThan(50_000)
      const etag = answer.headers.get('etag') ?? ''
      const again = await ask(id, { 'if-none-match': etag })
      expect(again.status).toBe(304)
      expect(await again.text()).toBe('')
    },
    60_000,
  )

  it('asks for another rig when the avatar has been made anew', async () => {
    const before = (await ask('anna', { 'if-none-match': '"-"' })).headers.get('etag')
    await app.avatars.store.create('anna', { replace: true }, writePortrait)
    const after = await ask('anna', { 'if-none-match': before ?? '' })
    expect(after.status).toBe(200)
    expect(after.headers.get('etag')).not.toBe(before)
  }, 60_000)

  it.each([
    ['nobody', 404, 'not-found', 'There is no avatar "nobody"'],
    ['clip', 400, 'invalid-input', 'only portraits have a rig'],
    ['.hidden', 400, 'invalid-input', 'cannot be used'],
  ])('refuses %s with %i', async (id, status, code, words) => {
    const answer = await ask(id)
    expect(answer.status).toBe(status)
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
    expect(error.message).not.toContain(folder)
  })
})
