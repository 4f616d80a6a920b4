/** The endpoints that make avatars and films, with LAM-A2E and MuseTalk behind them. */
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AvatarProgress } from '../src/stages/avatar/job.js'
import { createAvatar } from '../src/stages/avatar/create.js'
import type { FilmSettings } from '../src/stages/film/film.js'
import { builtInPicture } from '../src/transports/avatars/built-in-picture.js'
import { allFrames, readMjpeg } from '../src/transports/taps/musetalk-http/fixtures/mjpeg-reader.js'
import { serveTap, type Server } from '../src/transports/taps/musetalk-http/fixtures/server.js'
import { filmPortrait, PORTRAIT } from './media/film-portrait.js'
import { readFilm } from './media/read-film.js'
import { FPS, realLine, SIZE, writeSpeech, type RealLine } from './real-models.js'

/** Frames of the filmed face. */
const COUNT = 8
/** Seconds of a recording that leaves time to stop it. */
const LONG = 2.7

/** A film of four small pictures. */
const FILM: FilmSettings = {
  emotion: 'neutral',
  refScale: 3,
  emoScale: 6,
  crop: true,
  inferenceSteps: 20,
  duration: 0.4,
  fps: 10,
  seed: 11,
  dynamicScale: 1,
  minResolution: 128,
  expandRatio: 0.5,
}

let line: RealLine
beforeAll(async () => {
  line = await realLine()
  const { folder } = line
  await copyFile(PORTRAIT, join(folder, 'photo.png'))
  await writeSpeech(join(folder, 'speech.wav'), 1)
  await writeSpeech(join(folder, 'long.wav'), LONG)
  const shots = Array.from({ length: COUNT }, (_, t) => ({ x: 150 + 2 * t, y: 120 }))
  await filmPortrait(join(folder, 'film.mp4'), { width: 320, height: 240, fps: FPS, shots })
})
afterAll(() => line[Symbol.asyncDispose]())

/** Materials that lie beside an avatar. */
async function materialsOf(id: string): Promise<string[]> {
  const { store } = line.avatars
  const { revision } = await store.get(id)
  const folder = join(store.folderOf(id), revision)
  return (await readdir(folder)).filter((name) => name.startsWith('musetalk-'))
}

describe('the MuseTalk HTTP service', () => {
  let server: Server
  beforeAll(async () => {
    const { folder } = line
    const options = { workingDirectory: folder, outputDirectory: join(folder, 'results') }
    server = await serveTap(line, { ...options, pace: 'realtime' })
  })
  afterEach(() => {
    expect(server.unexpected).toEqual([])
  })
  afterAll(() => server.close())

  const post = async (path: string, body?: object): Promise<Record<string, string>> => {
    const answer = await server.post(path, body)
    const json = (await answer.json()) as Record<string, string>
    expect(json).toMatchObject({ status: 'success' })
    return json
  }
  const start = (avatar_id: string, audio_path = 'speech.wav'): Promise<Record<string, string>> =>
    post('/api/inference/start', { avatar_id, audio_path })

  it('makes an avatar with what MuseTalk needs of it, once', async () => {
    for (const [avatar_id, video_path] of [
      ['photo', 'photo.png'],
      ['film', 'film.mp4'],
    ]) {
      await post('/api/avatar/create', { avatar_id, video_path })
      expect(await materialsOf(avatar_id!)).toHaveLength(1)
    }
    // The networks that make it have gone with it.
    expect([...line.alive]).not.toContain('musetalk-prepare')
    const prepared = line.steps.filter((model) => model === 'musetalk-prepare').length
    expect(prepared).toBeGreaterThan(0)

    const frames = await allFrames(await server.get((await start('film'))['stream_url']!))
    expect(frames).toHaveLength(FPS)
    expect(await sharp(frames[0]).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 240 })
    expect(line.steps.filter((model) => model === 'musetalk-prepare')).toHaveLength(prepared)
  })

  it('shows two sessions at once, several frames in a run', async () => {
    const before = line.steps.length
    const sessions = [await start('photo'), await start('film')]
    const streams = await Promise.all(sessions.map(({ stream_url }) => server.get(stream_url!)))
    const [photo, film] = await Promise.all(streams.map(allFrames))
    expect([photo!.length, film!.length]).toEqual([FPS, FPS])
    expect(await sharp(photo![0]).metadata()).toMatchObject({ width: SIZE, height: SIZE })
    const runs = line.steps.slice(before).filter((model) => model === 'musetalk-face').length
    expect(runs).toBeGreaterThan(0)
    expect(runs).toBeLessThan(2 * FPS)
  })

  it('stops when it is told to', async () => {
    const { session_id, stream_url } = await start('film', 'long.wav')
    const seen: Uint8Array[] = []
    for await (const frame of readMjpeg(await server.get(stream_url!))) {
      seen.push(frame)
      if (seen.length === 1) await post(`/api/inference/stop/${session_id!}`)
    }
    expect(seen.length).toBeLessThan(LONG * FPS)
    expect(server.outcomes.at(-1)).toBe('cancelled')
  })
})

describe('an avatar for MuseTalk', () => {
  it('tells how far its latents are, frame by frame', async () => {
    const steps: AvatarProgress[] = []
    await createAvatar(
      line.avatars,
      { id: 'told', source: { kind: 'video', path: join(line.folder, 'film.mp4') } },
      { signal: new AbortController().signal, onProgress: (progress) => steps.push(progress) },
    )
    const latents = steps.filter(({ phase }) => phase === 'latents')
    expect(latents.map(({ done }) => done)).toEqual(Array.from({ length: COUNT + 1 }, (_, done) => done))
    expect(latents.every(({ total }) => total === COUNT)).toBe(true)
    expect(steps.at(-1)).toBe(latents.at(-1))
  })

  it('leaves nothing when it is given up in the middle', async () => {
    const stop = new AbortController()
    const order = { id: 'stopped', source: { kind: 'video', path: join(line.folder, 'film.mp4') } } as const
    const made = createAvatar(line.avatars, order, {
      signal: stop.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'latents' && done > 0) stop.abort()
      },
    })
    await expect(made).rejects.toThrow()
    expect((await line.avatars.store.list()).map(({ id }) => id)).not.toContain('stopped')
  })

  it('has a picture of the built-in face at rest, without a run of the network', async () => {
    const before = line.steps.length
    const picture = await builtInPicture(line.catalogue, new AbortController().signal)
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'jpeg', width: SIZE, height: SIZE })
    expect(line.steps.slice(before)).not.toContain('musetalk-face')
  })
})

it('makes films of pictures as always, on the portrait', async () => {
  const { folder, catalogue, steps } = line
  const before = steps.length
  const output = join(folder, 'dicetalk.mp4')
  await catalogue
    .film()
    .make(
      { portrait: join(folder, 'photo.png'), audio: join(folder, 'speech.wav'), output, settings: FILM },
      { signal: new AbortController().signal },
    )
  expect((await readFilm(output)).pictures).toHaveLength(4)
  expect(steps.slice(before)).not.toContain('musetalk-face')
})
