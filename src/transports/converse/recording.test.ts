import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readFilm, type Film } from '../../../test/media/read-film.js'
import { decodeAudio } from '../../media/decode.js'
import { encodeJpeg } from '../../media/jpeg.js'
import { recordingRoutes } from '../recordings/routes.js'
import { RecordingStore, type RecordingLimits } from '../recordings/store.js'
import { PlainClient } from './fixtures/plain-client.js'
import { SAMPLE_RATE, ScriptedLine } from './fixtures/scripted-line.js'
import { serveConversations, type Served } from './fixtures/served.js'

const FPS = 30
const LIMITS: RecordingLimits = { maxSeconds: 60, maxCount: 10, maxBytes: 1e9 }
/** The picture of each index is this much brighter than the one before. */
const BRIGHTER = 4
const PICTURES = 50

let pictures: readonly Uint8Array[]
let folder: string
let store: RecordingStore
let served: Served | undefined
let client: PlainClient | undefined

beforeAll(async () => {
  pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, index) =>
      encodeJpeg(new Uint8Array(64 * 64 * 3).fill(brightnessOf(index)), 64, 64, 95),
    ),
  )
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-recording-'))
})
afterEach(async () => {
  await client?.close()
  await served?.close()
  client = undefined
  served = undefined
  await rm(folder, { recursive: true })
})

function brightnessOf(index: number): number {
  return 40 + BRIGHTER * index
}

/** A conversation whose clauses take a second and whose pictures tell their index. */
async function converse(
  limits: Partial<RecordingLimits> = {},
): Promise<{ client: PlainClient; line: ScriptedLine }> {
  const line = new ScriptedLine({ seconds: 1, picture: (index) => pictures[index % PICTURES]! })
  store = new RecordingStore(folder, { ...LIMITS, ...limits })
  served = await serveConversations(line.catalogue, { recordings: store })
  client = await PlainClient.connect(served.url)
  return { client, line }
}

const start = { type: 'record', action: 'start' } as const
const stop = { type: 'record', action: 'stop' } as const

/** Plays a turn in real time up to a time in seconds, and tells so as a page does. */
async function play(client: PlainClient, turn: number, seconds: number): Promise<void> {
  const startedAt = performance.now()
  for (let at = 0; at < seconds;) {
    await sleep(50)
    at = Math.min(seconds, (performance.now() - startedAt) / 1000)
    client.send({ type: 'playhead', turn, timestamp: Math.round(at * 1e6) })
  }
}

interface Seen extends Film {
  /** The first and the one after the last sample of a tone of the scripted voice. */
  readonly tone: readonly [from: number, to: number]
  readonly sound: Float32Array
  /** Which picture is shown at a time in seconds. */
  pictureAt(seconds: number): number
}

async function watch(path: string): Promise<Seen> {
  const film = await readFilm(path)
  const chunks: number[] = []
  for await (const chunk of decodeAudio(path, { sampleRate: SAMPLE_RATE })) chunks.push(...chunk)
  const sound = Float32Array.from(chunks)
  const isLoud = (sample: number): boolean => Math.abs(sample) > 0.1
  const indexAt = (seconds: number): number => {
    const shown = film.times.findLastIndex((time) => time <= seconds + 1e-6)
    const brightness = film.pictures[shown]![(32 * 64 + 32) * 3]!
    return Math.round((brightness - 40) / BRIGHTER)
  }
  return {
    ...film,
    sound,
    tone: [sound.findIndex(isLoud), sound.findLastIndex(isLoud) + 1],
    pictureAt: indexAt,
  }
}

describe('a recording', () => {
  it('is what was heard and seen: the same sound, pictures in step, silence as long as it was', async () => {
    const { client } = await converse()
    client.send(start)
    const { recording } = await client.until('recording-start')
    expect(await readdir(folder)).not.toContain(`${recording}.mp4`)
    client.send({ type: 'say', text: 'Tone 440.' })
    await client.until('turn-end')
    await play(client, 1, 1)
    await sleep(300)
    client.send(stop)
    const end = await client.until('recording-end')
    expect(end).toEqual({
      type: 'recording-end',
      recording,
      url: `/v1/recordings/${recording}`,
      duration: expect.any(Number) as number,
      bytes: (await stat(join(folder, `${recording}.mp4`))).size,
    })

    const film = await watch(join(folder, `${recording}.mp4`))
    expect(film.videoDuration).toBeCloseTo(end.duration! / 1e6, 3)
    expect(Math.abs(film.videoDuration - film.audioDuration!)).toBeLessThan(1.5 / FPS)
    const [from, to] = film.tone
    // Codecs smear edges by some milliseconds.
    expect(Math.abs((to - from) / SAMPLE_RATE - 1)).toBeLessThan(0.02)
    expect(film.videoDuration).toBeGreaterThan(to / SAMPLE_RATE + 0.2)
    const sent = client.sound(1).flatMap(({ samples }) => [...samples])
    expect(likeness(film.sound, Float32Array.from(sent), from)).toBeGreaterThan(0.98)
    for (const index of [3, 10, 25]) {
      const middle = from / SAMPLE_RATE + (index + 0.5) / FPS
      expect(Math.abs(film.pictureAt(middle) - index)).toBeLessThanOrEqual(1)
    }
    // The last picture stays.
    expect(film.pictureAt(film.videoDuration)).toBe(29)
  })

  it('ends a turn where it was cut short, and goes on with the next', async () => {
    const { client } = await converse()
    client.send(start)
    client.send({ type: 'say', text: 'Tone 440. Tone 440. Tone 440.' })
    await client.untilTrue(() => client.sound(1).length > 0)
    await play(client, 1, 0.6)
    client.send({ type: 'interrupt' })
    await client.until('turn-cancel')
    client.send({ type: 'say', text: 'Tone 880.' })
    await client.until('turn-end', ({ turn }) => turn === 2)
    await play(client, 2, 1)
    client.send(stop)
    const { recording } = await client.until('recording-end')
    const film = await watch(join(folder, `${recording}.mp4`))
    const first = lengthOf(440, film.sound)
    // The last playhead may be as old as its steps; a busy machine makes some of them longer.
    expect(first).toBeGreaterThan(0.55)
    expect(first).toBeLessThan(0.95)
    expect(lengthOf(880, film.sound)).toBeCloseTo(1, 1)
  })

  it('that begins in the middle of a turn has what is still to be heard', async () => {
    const { client } = await converse()
    client.send({ type: 'say', text: 'Tone 440. Tone 440.' })
    await client.until('turn-end')
    await play(client, 1, 0.5)
    client.send(start)
    await client.until('recording-start')
    client.send({ type: 'playhead', turn: 1, timestamp: 2_000_000 })
    client.send(stop)
    const { recording } = await client.until('recording-end')
    const film = await watch(join(folder, `${recording}.mp4`))
    expect(film.tone[0] / SAMPLE_RATE).toBeLessThan(0.05)
    expect(film.tone[1] / SAMPLE_RATE).toBeGreaterThan(1.4)
    expect(Math.abs(film.pictureAt(0.5) - 30)).toBeLessThanOrEqual(2)
  })

  it('is finished with its session', async () => {
    const { client } = await converse()
    client.send(start)
    const { recording } = await client.until('recording-start')
    client.send({ type: 'say', text: 'Tone 440.' })
    await client.until('turn-end')
    await client.close()
    await served!.close()
    expect(await readdir(folder)).toEqual([`${recording}.mp4`])
    expect(served!.unexpected).toEqual([])
  })

  it('ends by itself at its greatest length', async () => {
    const { client } = await converse({ maxSeconds: 1 })
    client.send({ type: 'say', text: 'Tone 440.' })
    await client.until('turn-end')
    client.send(start)
    const { duration } = await client.until('recording-end')
    expect(duration).toBeGreaterThanOrEqual(1_000_000)
  })

  it('in which nothing was seen is none', async () => {
    const { client } = await converse()
    client.send(start)
    await client.until('recording-start')
    client.send(stop)
    expect(await client.until('recording-end')).toMatchObject({ error: { code: 'media' } })
    expect(await readdir(folder)).toEqual([])
  })

  it('is refused where it cannot be: twice, never begun, without pictures, without a place', async () => {
    const { client } = await converse()
    const refused = async (message: string): Promise<void> => {
      await client.until('error', (error) => error.message.includes(message))
    }
    client.send(stop)
    await refused('nothing is being recorded')
    client.send({ type: 'set', streams: ['audio'] })
    client.send(start)
    await refused('A film needs pictures')
    client.send({ type: 'set', streams: ['audio', 'frames'] })
    client.send(start)
    client.send(start)
    await refused('is being recorded already')
    expect(client.events('error').map(({ field }) => field)).toEqual(['action', 'action', 'action'])
    expect(client.events('recording-start')).toHaveLength(1)

    const without = await serveConversations(new ScriptedLine().catalogue)
    const other = await PlainClient.connect(without.url)
    other.send(start)
    expect(await other.until('error')).toMatchObject({ code: 'unavailable', field: 'action' })
    await other.close()
    await without.close()
  })

  it('that cannot be written ends with its error, and the conversation goes on', async () => {
    const { client } = await converse()
    await rm(folder, { recursive: true })
    await writeFile(folder, 'no folder')
    client.send(start)
    const { field, message } = await client.until('error')
    expect(field).toBe('action')
    expect(message).not.toContain(folder)
    client.send({ type: 'say', text: 'Tone 440.' })
    expect(await client.until('turn-end')).not.toHaveProperty('error')
  })
})

describe('recordings', () => {
  /** A film that is there, without anybody having spoken. */
  async function film(content = 'film'): Promise<string> {
    const place = await store.begin()
    await writeFile(place.path, content)
    await store.finish(place)
    return place.id
  }

  it('are served whole or in part, and removed', async () => {
    store = new RecordingStore(folder, LIMITS)
    const routes = recordingRoutes(store)
    const id = await film('0123456789')
    const whole = await routes.request(`/v1/recordings/${id}`)
    expect(await whole.text()).toBe('0123456789')
    expect(whole.headers.get('content-type')).toBe('video/mp4')
    expect(whole.headers.get('content-disposition')).toContain(`phiz-${id}.mp4`)
    const part = await routes.request(`/v1/recordings/${id}`, { headers: { range: 'bytes=2-4' } })
    expect([part.status, await part.text()]).toEqual([206, '234'])
    expect((await routes.request(`/v1/recordings/${id}`, { method: 'PUT' })).status).toBe(405)
    expect((await routes.request(`/v1/recordings/${id}`, { method: 'DELETE' })).status).toBe(204)
    await expect(store.find(id)).rejects.toMatchObject({ code: 'not-found' })
    await expect(store.remove(id)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('that are not finished, or lie elsewhere, are not found', async () => {
    store = new RecordingStore(folder, LIMITS)
    const { id, path } = await store.begin()
    await writeFile(`${path}.partial-0a1b2c3d`, 'half')
    await writeFile(join(folder, 'other.mp4'), 'other')
    for (const name of [id, 'other', `${id}.mp4.partial-0a1b2c3d`, `../${id}`, '..', 'x'.repeat(5000)]) {
      await expect(store.find(name)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  it('are kept up to a number and a size; the oldest go', async () => {
    store = new RecordingStore(folder, { ...LIMITS, maxCount: 2 })
    const ids: string[] = []
    for (let n = 0; n < 3; n += 1) {
      ids.push(await film())
      await sleep(20)
    }
    expect((await readdir(folder)).sort()).toEqual(
      ids
        .slice(1)
        .map((id) => `${id}.mp4`)
        .sort(),
    )
    store = new RecordingStore(folder, { ...LIMITS, maxBytes: 10 })
    const last = await film('longer than that')
    expect(await readdir(folder)).toEqual([`${last}.mp4`])
  })
})

/** Correlation of a sound with what stands at a position of another, at the best shift of a few samples. */
function likeness(film: Float32Array, sent: Float32Array, position: number): number {
  let best = 0
  for (let shift = -40; shift <= 40; shift += 1) {
    let [product, one, other] = [0, 0, 0]
    for (let n = 0; n < sent.length; n += 1) {
      const heard = film[position + shift + n] ?? 0
      product += heard * sent[n]!
      one += heard * heard
      other += sent[n]! * sent[n]!
    }
    best = Math.max(best, product / Math.sqrt(one * other))
  }
  return best
}

/** Seconds for which a tone is heard, by pieces of 10 ms. */
function lengthOf(hertz: number, sound: Float32Array): number {
  const piece = SAMPLE_RATE / 100
  let count = 0
  for (let at = 0; at + piece <= sound.length; at += piece) {
    let [cosine, sine] = [0, 0]
    for (let n = at; n < at + piece; n += 1) {
      const angle = (2 * Math.PI * hertz * n) / SAMPLE_RATE
      cosine += sound[n]! * Math.cos(angle)
      sine += sound[n]! * Math.sin(angle)
    }
    if ((2 * Math.hypot(cosine, sine)) / piece > 0.3) count += 1
  }
  return count / 100
}
