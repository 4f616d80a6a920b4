import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CancelledError, InputError, ModelLoadError } from '../../errors.js'
import { frameFile, LANDMARKS_FILE, MANIFEST_FILE, PICTURE_FILE, PREVIEW_FILE } from './files.js'
import { TINY_FRAMES, writeTinyPortrait, writeTinyVideo } from './fixtures/tiny-avatar.js'
import { LANDMARK_VALUES, type AvatarDraft } from './manifest.js'
import { readAvatar } from './read.js'
import { AvatarStore } from './store.js'

let top: string
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'phiz-avatars-'))
})
afterAll(() => rm(top, { recursive: true }))

let store: AvatarStore
let count = 0
beforeEach(() => {
  store = new AvatarStore(join(top, `${++count}`, 'avatars'))
})

const portrait =
  (mark: number) =>
  (folder: string): Promise<AvatarDraft> =>
    writeTinyPortrait(folder, mark)

/** Lets a creation get as far as its build, and decides when that ends. */
function slowCreation(id: string, mark: number) {
  let begin = (): void => undefined
  let end = (): void => undefined
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const ended = new Promise<void>((resolve) => (end = resolve))
  const created = store.create(id, { replace: true }, async (folder) => {
    begin()
    await ended
    return writeTinyPortrait(folder, mark)
  })
  return { begun, end, created }
}

describe('AvatarStore', () => {
  it('creates, gets, lists and removes', async () => {
    expect(await store.list()).toEqual([])
    const anna = await store.create('anna', {}, portrait(1))
    const clip = await store.create('Clip.2', {}, writeTinyVideo)
    expect(anna).toMatchObject({ format: 1, id: 'anna', kind: 'portrait', width: 256, picture: { bytes: 7 } })
    expect(await store.get('anna')).toEqual(anna)
    expect(await store.list()).toEqual([
      { id: 'Clip.2', manifest: clip },
      { id: 'anna', manifest: anna },
    ])
    expect((await readdir(store.folder)).sort()).toEqual(['Clip.2', 'anna'])
    await store.remove('anna')
    expect(await readdir(store.folder)).toEqual(['Clip.2'])
    await expect(store.get('anna')).rejects.toMatchObject({
      code: 'not-found',
      message: `There is no avatar "anna" in ${store.folder}; \`phiz avatar list\` shows what there is.`,
    })
    await expect(store.remove('anna')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('gives workers the landmarks and the paths of the pictures', async () => {
    await store.create('anna', {}, portrait(5))
    const anna = await readAvatar(store.folderOf('anna'))
    if (anna.kind !== 'portrait') throw new Error('not a portrait')
    expect(anna.landmarks).toEqual(new Float32Array(LANDMARK_VALUES).fill(5))
    expect(await readFile(anna.picture, 'utf8')).toBe('picture')
    await store.create('clip', {}, writeTinyVideo)
    const clip = await readAvatar(store.folderOf('clip'))
    if (clip.kind !== 'video') throw new Error('not a video')
    expect(clip.landmarks).toHaveLength(TINY_FRAMES * LANDMARK_VALUES)
    expect(clip.landmarks[3 * LANDMARK_VALUES - 1]).toBeCloseTo((3 * LANDMARK_VALUES - 1) / 3, 3)
    expect(await Promise.all(clip.frames.map((frame) => readFile(frame, 'utf8')))).toEqual(
      Array.from({ length: TINY_FRAMES }, () => 'frame'),
    )
  })

  it('replaces only when asked to', async () => {
    const first = await store.create('anna', {}, portrait(1))
    await expect(store.create('anna', {}, portrait(2))).rejects.toThrow(
      new InputError(
        `There is already an avatar "anna" in ${store.folder}. To replace it, use --replace (\`replace: true\`); or take another id.`,
      ),
    )
    expect(await store.get('anna')).toEqual(first)
    const second = await store.create('anna', { replace: true }, portrait(2))
    expect(second.revision).not.toBe(first.revision)
    expect((await readAvatar(store.folderOf('anna'))).landmarks[0]).toBe(2)
    expect((await readdir(store.folderOf('anna'))).sort()).toEqual([second.revision, MANIFEST_FILE].sort())
  })

  it('refuses ids that lead elsewhere before it touches the disk', async () => {
    for (const id of ['../anna', '..', '', 'a/b', '.making-x']) {
      const error = /^The avatar id ".*" cannot be used/
      await expect(store.create(id, {}, portrait(1))).rejects.toThrow(error)
      await expect(store.get(id)).rejects.toThrow(error)
      await expect(store.remove(id)).rejects.toThrow(error)
    }
    await expect(readdir(store.folder)).rejects.toThrow('ENOENT')
  })

  it('keeps the old avatar, and nothing of the new one, when a creation fails or is cancelled', async () => {
    const first = await store.create('anna', {}, portrait(1))
    const failure = new InputError('no face')
    await expect(
      store.create('anna', { replace: true }, async (folder) => {
        await writeTinyPortrait(folder, 2)
        throw failure
      }),
    ).rejects.toBe(failure)
    const controller = new AbortController()
    await expect(
      store.create('anna', { replace: true, signal: controller.signal }, (folder) => {
        controller.abort(new CancelledError('Stopped.'))
        return writeTinyPortrait(folder, 2)
      }),
    ).rejects.toThrow('Stopped.')
    expect(await store.get('anna')).toEqual(first)
    expect(await readdir(store.folder)).toEqual(['anna'])
  })

  it('refuses a second change of an avatar that is being made', async () => {
    const { begun, end, created } = slowCreation('anna', 1)
    await begun
    const busy = {
      code: 'unavailable',
      retryable: true,
      message: `Avatar "anna" is being made or removed by process ${process.pid} on ${hostname()}; try again when that is done.`,
    }
    const other = new AvatarStore(store.folder)
    await expect(other.create('anna', {}, portrait(2))).rejects.toMatchObject(busy)
    await expect(other.create('anna', { replace: true }, portrait(2))).rejects.toMatchObject(busy)
    // Not there yet, and what there is of it is not swept.
    expect(await other.list()).toEqual([])
    expect(await other.create('ben', {}, portrait(3))).toMatchObject({ id: 'ben' })
    end()
    await created
    expect((await readAvatar(store.folderOf('anna'))).landmarks[0]).toBe(1)
    await expect(other.create('anna', {}, portrait(2))).rejects.toThrow(/^There is already an avatar "anna"/)
  })

  it('lets exactly one of many creations at once win', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => new AvatarStore(store.folder).create('anna', {}, portrait(i + 1))),
    )
    const won = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    expect(won).toHaveLength(1)
    for (const attempt of attempts) {
      if (attempt.status === 'rejected')
        expect(String(attempt.reason)).toMatch(/is being made or removed|There is already an avatar/)
    }
    expect(await store.list()).toEqual([{ id: 'anna', manifest: won[0] }])
    expect(await readdir(store.folder)).toEqual(['anna'])
  })

  it('gives readers one revision or another while it is replaced, never parts of two', async () => {
    await store.create('anna', {}, portrait(1))
    let reads = 0
    const writer = { done: false }
    const reader = (async () => {
      while (!writer.done) {
        const { landmarks, manifest } = await readAvatar(store.folderOf('anna'))
        expect(manifest.source.name).toBe(`face-${landmarks[0]!}.jpg`)
        reads += 1
      }
    })()
    for (let mark = 2; mark < 40; mark++) await store.create('anna', { replace: true }, portrait(mark))
    writer.done = true
    await reader
    expect(reads).toBeGreaterThan(10)
  })

  it('takes over from an owner that has been silent for minutes', async () => {
    const { begun, end, created } = slowCreation('anna', 1)
    await begun
    const long = new Date(Date.now() - 300_000)
    await utimes(join(store.folder, '.making-anna', 'owner'), long, long)
    await store.create('anna', {}, portrait(2))
    end()
    // The sleeper must not disturb what came after it.
    await expect(created).rejects.toThrow()
    expect((await readAvatar(store.folderOf('anna'))).landmarks[0]).toBe(2)
    expect(await readdir(store.folder)).toEqual(['anna'])
  })

  it('says what the disk refuses', async () => {
    await mkdir(join(top, `${count}`))
    await writeFile(store.folder, 'a file')
    await expect(store.create('anna', {}, portrait(1))).rejects.toThrow(
      `Avatars cannot be stored in ${store.folder}: a part of the path is not a folder.`,
    )
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
    await rm(store.folder)
    await expect(store.create('anna', {}, () => Promise.reject(full))).rejects.toMatchObject({
      code: 'media',
      message: `Avatar "anna" cannot be stored in ${store.folder}: ENOSPC: no space left on device, write`,
    })
    expect(await readdir(store.folder)).toEqual([])
    const bug = new TypeError('not a function')
    await expect(store.create('anna', {}, () => Promise.reject(bug))).rejects.toBe(bug)
  })
})

describe('a damaged avatar', () => {
  /** Each damage: what is done to the avatar's content folder, and what is said of it. */
  const damages: [name: string, damage: (content: string, folder: string) => Promise<void>, said: RegExp][] =
    [
      [
        'no manifest',
        (_, folder) => rm(join(folder, MANIFEST_FILE)),
        /avatar\.json is missing; create the avatar again\.$/,
      ],
      [
        'a cut manifest',
        (_, folder) => truncate(join(folder, MANIFEST_FILE), 40),
        /avatar\.json is not JSON: /,
      ],
      ['no content', (content) => rm(content, { recursive: true }), /landmarks\.f32 is missing; create/],
      [
        'cut landmarks',
        (content) => truncate(join(content, LANDMARKS_FILE), 100),
        /landmarks\.f32 has 100 bytes instead of 16848; create the avatar again\.$/,
      ],
      [
        'one frame less',
        (content) => rm(join(content, frameFile(1))),
        /frames holds 2 frames instead of 3; create the avatar again\.$/,
      ],
      [
        'a cut frame',
        (content) => truncate(join(content, frameFile(1)), 2),
        /The frames in .*frames have 12 bytes instead of 15; create/,
      ],
      [
        'an empty preview',
        (content) => truncate(join(content, PREVIEW_FILE), 0),
        /preview\.jpg is empty; create/,
      ],
    ]

  it.each(damages)('with %s is listed as damaged, can be removed and replaced', async (_, damage, said) => {
    const { revision } = await store.create('clip', {}, writeTinyVideo)
    const good = await store.create('good', {}, portrait(1))
    const folder = store.folderOf('clip')
    await damage(join(folder, revision), folder)
    expect(await store.list()).toEqual([
      { id: 'clip', damage: expect.stringMatching(said) as string },
      { id: 'good', manifest: good },
    ])
    await expect(store.get('clip')).rejects.toThrow(said)
    await expect(readAvatar(folder)).rejects.toBeInstanceOf(ModelLoadError)
    await expect(store.create('clip', {}, portrait(2))).rejects.toThrow(/^There is already an avatar "clip"/)
    const again = await store.create('clip', { replace: true }, portrait(2))
    expect((await readdir(folder)).sort()).toEqual([again.revision, MANIFEST_FILE].sort())
    await damage(join(folder, again.revision), folder).catch(() => undefined)
    await store.remove('clip')
    expect(await readdir(store.folder)).toEqual(['good'])
  })

  it('may have landmarks that are no numbers, or a picture of another size', async () => {
    const { revision } = await store.create('anna', {}, portrait(Number.NaN))
    await expect(readAvatar(store.folderOf('anna'))).rejects.toThrow(
      /landmarks\.f32 holds values that are no numbers; create the avatar again\.$/,
    )
    await appendFile(join(store.folderOf('anna'), revision, PICTURE_FILE), 'x')
    await expect(readAvatar(store.folderOf('anna'))).rejects.toThrow(
      /picture\.png has 8 bytes instead of 7; create the avatar again\.$/,
    )
  })

  it('may be the folder of another one', async () => {
    await store.create('anna', {}, portrait(1))
    await mkdir(store.folderOf('ben'))
    const manifest = await readFile(join(store.folderOf('anna'), MANIFEST_FILE))
    await writeFile(join(store.folderOf('ben'), MANIFEST_FILE), manifest)
    expect((await store.list()).map((entry) => 'damage' in entry)).toEqual([false, true])
  })
})

describe('the rest of the folder', () => {
  it('is no avatar, and is left alone', async () => {
    await mkdir(join(store.folder, 'not an id'), { recursive: true })
    await writeFile(join(store.folder, 'notes.txt'), 'mine')
    await mkdir(join(store.folder, '.git'))
    expect(await store.list()).toEqual([])
    await store.create('anna', {}, portrait(1))
    expect((await readdir(store.folder)).sort()).toEqual(['.git', 'anna', 'not an id', 'notes.txt'])
  })
})
