import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ModelRegistry } from '../src/runtime/registry.js'
import { openFaceTracker } from '../src/stages/face/find.js'
import { faceModel } from '../src/stages/face/model.js'
import type faceProgram from '../src/stages/face/program.js'
import { FACE_VERTEX_COUNT } from '../src/stages/video/portrait/topology.js'
import { filmPortrait, PORTRAIT } from './media/film-portrait.js'
import { readFilm } from './media/read-film.js'
import { correlation, loudness, samplesOf, smoothed } from './measure/signals.js'
import { runPhiz, startPhiz } from './run-phiz.js'

const recording = fileURLToPath(new URL('media/speech-en-3s.wav', import.meta.url))
const FPS = 25

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-say-avatar-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** How far the lips are apart in each picture, as a share of the mouth's width, by the face model. */
async function lipOpenings(
  pictures: readonly Uint8Array[],
  width: number,
  height: number,
): Promise<number[]> {
  const registry = new ModelRegistry({ device: { kind: 'cpu' } })
  const engine = await registry.load<typeof faceProgram>(faceModel())
  const tracker = await openFaceTracker(engine, { signal: new AbortController().signal })
  const openings: number[] = []
  for (const rgb of pictures) {
    const { landmarks } = (await tracker.track({ rgb, width, height }))!
    expect(landmarks).toHaveLength(FACE_VERTEX_COUNT * 3)
    const distance = (a: number, b: number): number =>
      Math.hypot(landmarks[a * 3]! - landmarks[b * 3]!, landmarks[a * 3 + 1]! - landmarks[b * 3 + 1]!)
    openings.push(distance(13, 14) / distance(61, 291))
  }
  await tracker.close()
  await registry.shutdown()
  return openings
}

async function expectSpeaking(path: string, width: number, height: number): Promise<void> {
  const film = await readFilm(path)
  expect(film.pictures[0]).toHaveLength(width * height * 3)
  expect(Math.abs(film.videoDuration - film.audioDuration!)).toBeLessThanOrEqual(0.04)
  const openings = await lipOpenings(film.pictures, width, height)
  const sound = loudness(await samplesOf(path), openings.length, FPS)
  expect(correlation(smoothed(openings), smoothed(sound))).toBeGreaterThan(0.4)
  // Open while it speaks, shut while it is silent.
  expect(Math.max(...openings)).toBeGreaterThan(0.2)
  expect(Math.min(...openings)).toBeLessThan(0.04)
}

describe('phiz say --avatar', () => {
  it('speaks with the face of a photo, and leaves no avatar behind', async () => {
    const arguments_ = ['say', '--audio', recording, '--avatar', PORTRAIT, '-o', 'photo.mp4', '--size', '256']
    const { code, out, err } = await runPhiz(arguments_, { cwd: folder })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^photo\.mp4: 3\.0 s in /)
    await expectSpeaking(join(folder, 'photo.mp4'), 256, 256)
    expect(await readdir(folder)).not.toContain('data')
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('phiz-borrowed-'))).toEqual([])
  })

  it('speaks with a stored video, in the size of the video', async () => {
    const shots = Array.from({ length: 20 }, (_, t) => ({ x: 160 + 8 * Math.sin(t / 4), y: 120, scale: 1.5 }))
    await filmPortrait(join(folder, 'clip.mp4'), { width: 320, height: 240, fps: 15, shots })
    const created = await runPhiz(['avatar', 'create', 'clip', '--video', 'clip.mp4'], { cwd: folder })
    expect(created.code).toBe(0)
    const said = await runPhiz(['say', '--audio', recording, '--avatar', 'clip', '-o', 'clip-says.mp4'], {
      cwd: folder,
    })
    expect(said).toMatchObject({ code: 0, err: '' })
    await expectSpeaking(join(folder, 'clip-says.mp4'), 320, 240)
  })

  it.each([
    ['nobody', /^Error: avatar is "nobody", which is neither an avatar in .*data\/avatars nor a file\./],
    ['../nobody.jpg', /^Error: avatar is "\.\.\/nobody\.jpg", which is neither/],
    [recording, /is not a picture that can be read/],
  ])('says why %s cannot be an avatar, and makes no film', async (avatar, message) => {
    const { code, out, err } = await runPhiz(['say', 'Hello.', '--avatar', avatar, '-o', 'none.mp4'], {
      cwd: folder,
    })
    expect(code).toBeGreaterThan(0)
    expect(out).toBe('')
    expect(err).toMatch(message)
    expect(await readdir(folder)).not.toContain('none.mp4')
  })

  it('gives a borrowed avatar back when it is interrupted', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('phiz-borrowed-')).sort()
    const { child, finished } = startPhiz(
      ['say', 'One. '.repeat(200), '--avatar', PORTRAIT, '-o', 'long.mp4'],
      { cwd: folder },
    )
    setTimeout(() => child.kill('SIGINT'), 1500)
    expect((await finished).code).toBe(130)
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('phiz-borrowed-')).sort()
    expect(after).toEqual(before)
  })
})
