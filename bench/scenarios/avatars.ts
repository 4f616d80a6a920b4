import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { from, lastValueFrom, toArray } from 'rxjs'
import sharp from 'sharp'
import {
  createApp,
  createAvatar,
  loadAvatarPainter,
  resolveConfig,
  Turn,
  type App,
  type AvatarPlace,
  type AvatarRequest,
  type FramePacket,
} from 'phiz'
import { filmFace } from '../harness/face-film.js'
import { speakingMoment, speakingMotion } from '../harness/motion.js'
import { atLeast, atMost, type Row, type Scenario } from '../harness/scenario.js'
import { median, rounded } from '../harness/statistics.js'

const PHOTO = fileURLToPath(new URL('../../test/media/portrait-astronaut.png', import.meta.url))
const FPS = 25
const SIZE = 512
const DRAWN = 300
const SPOKEN_SECONDS = 10
const RUNS = 3

/** What a photo or a video costs: to become an avatar, and to speak. */
export const avatars: Scenario = {
  name: 'avatars of photos and videos',
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phiz-bench-'))
    try {
      await using app = createApp(resolveConfig({ flags: { dataDirectory: folder } }))
      const clip = join(folder, 'clip.mp4')
      await filmFace(clip, SPOKEN_SECONDS)
      const photos = await creations(app, { id: 'photo', source: { kind: 'image', path: PHOTO } })
      const videos = await creations(app, { id: 'video', source: { kind: 'video', path: clip } })
      const photo = await placeOf(app, 'photo')
      const video = await placeOf(app, 'video')
      return [
        atMost(1.5, {
          figure: 'portrait avatar created, the first one with the face model’s loading',
          value: Math.max(...photos),
          unit: 's',
          raw: photos,
        }),
        atMost(20, {
          figure: '10 s of 720p video became an avatar, median',
          value: median(videos),
          unit: 's',
          raw: videos,
        }),
        await drawing('512×512 frame of the built-in face drawn, without JPEG, median', undefined),
        await drawing('512×512 frame of a photo drawn, without JPEG, median', photo),
        await speaking(app, '512×512 frames of a photo with JPEG', photo),
        atLeast(50, await speaking(app, '720p frames of a video avatar with JPEG, median', video)),
        atMost(
          0.5,
          await flicker(app, 'still region of a photo that speaks, highest standard deviation', photo),
        ),
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Seconds of some creations of the same avatar. */
async function creations(app: App, request: AvatarRequest): Promise<number[]> {
  const seconds: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now()
    await createAvatar(app.avatars, { ...request, replace: true }, { signal: new AbortController().signal })
    seconds.push(rounded((performance.now() - started) / 1000, 2))
  }
  return seconds
}

async function placeOf({ avatars: { store } }: App, id: string): Promise<AvatarPlace> {
  return { folder: store.folderOf(id), manifest: await store.get(id) }
}

/** Milliseconds of one core for a frame, on this thread. */
async function drawing(figure: string, avatar: AvatarPlace | undefined): Promise<Row> {
  const painter = await loadAvatarPainter(avatar, SIZE)
  const frame = new Uint8Array(painter.width * painter.height * 3)
  const times: number[] = []
  for (let k = 0; k < DRAWN + 50; k += 1) {
    const moment = speakingMoment(k, FPS)
    const started = performance.now()
    await painter.paint(moment, frame)
    if (k >= 50) times.push(performance.now() - started)
  }
  const value = rounded(median(times), 2)
  const worst = [...times].sort((a, b) => a - b)
  return atMost(8, {
    figure,
    value,
    unit: 'ms',
    raw: [worst[0]!, value, worst.at(-1)!].map((ms) => rounded(ms, 2)),
  })
}

/** Frames a second that the video stage makes, drawn and packed by its pool of workers. */
async function speaking(app: App, figure: string, avatar: AvatarPlace): Promise<Row> {
  await frames(app, avatar, 50)
  const rates: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now()
    const made = await frames(app, avatar, SPOKEN_SECONDS * FPS)
    rates.push(rounded((made.length * 1000) / (performance.now() - started)))
  }
  return { figure, value: median(rates), unit: 'frames/s', raw: rates }
}

/** How much pixels far from the head change from frame to frame, in 8-bit levels, JPEG included. */
async function flicker(app: App, figure: string, avatar: AvatarPlace): Promise<Row> {
  const side = 48
  const corner = { left: SIZE - side, top: 0, width: side, height: side }
  const pictures: Uint8Array[] = []
  for (const { data } of await frames(app, avatar, 100)) {
    pictures.push(await sharp(data).extract(corner).raw().toBuffer())
  }
  const deviations = Array.from({ length: pictures[0]!.length }, (_, i) => {
    const values = pictures.map((picture) => picture[i]!)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  })
  return { figure, value: rounded(Math.max(...deviations), 3), unit: 'levels' }
}

async function frames(app: App, avatar: AvatarPlace, count: number): Promise<FramePacket[]> {
  const video = await app.catalogue.video(avatar)
  if (video.from !== 'motion') throw new Error('An avatar of this machine is drawn from motion')
  const turn = new Turn({ id: `bench-${count}` })
  const motion = speakingMotion(turn.id, count, FPS)
  const made = await lastValueFrom(from(motion).pipe(video.stage.open(turn), toArray()))
  await turn.ended()
  return made
}
