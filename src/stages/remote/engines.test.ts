/** phiz in front of phiz: one that does the work, and one that spreads a whole line over its taps. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFilm } from '../../../test/media/read-film.js'
import { createApp, type App } from '../../app.js'
import { resolveConfig } from '../../config/load.js'
import { UnavailableError } from '../../errors.js'
import { say } from '../../say.js'
import { createIndexttsTap } from '../../transports/taps/indextts-ws/tap.js'
import { createLamTap } from '../../transports/taps/lam-http/tap.js'
import { createMusetalkTap } from '../../transports/taps/musetalk-ws/tap.js'
import { openTap } from '../../transports/taps/open-tap.js'
import type { Tap } from '../../transports/taps/tap.js'

const TEXT = 'The moon rose over the hills. Nobody spoke.'

let worker: App
let folder: string
let speech: string
let expression: string
let video: string
const ends: (() => Promise<void>)[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-chain-'))
  const flags = { 'speech.engine': 'espeak', 'video.size': 128, 'video.workers': 1 }
  worker = createApp(resolveConfig({ flags }))
  const onUnexpectedError = (error: unknown): never => {
    throw error
  }
  const services = { ...worker, onUnexpectedError }
  const serve = async (tap: Tap): Promise<string> => {
    const { port, close } = await openTap(tap, { host: '127.0.0.1', port: 0, sockets: {} })
    ends.push(close, () => tap.close())
    return `127.0.0.1:${port}`
  }
  speech = `ws://${await serve(createIndexttsTap(services))}`
  expression = `http://${await serve(createLamTap(services))}`
  video = `ws://${await serve(createMusetalkTap(services, { mediaRoots: [folder], pace: 'unlimited' }))}`
})
afterAll(async () => {
  for (const end of ends) await end()
  await worker[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function withFront(
  flags: Record<string, string | number>,
  use: (front: App) => Promise<void>,
): Promise<void> {
  const front = createApp(resolveConfig({ flags: { 'video.size': 128, 'video.workers': 1, ...flags } }))
  try {
    await use(front)
  } finally {
    await front[Symbol.asyncDispose]()
  }
}

describe('phiz in front of phiz', () => {
  it('speaks and moves there, and draws here', async () => {
    await withFront({ 'speech.engine': speech, 'expression.engine': expression }, async (front) => {
      const output = join(folder, 'drawn-here.mp4')
      const report = await say(front, { source: { kind: 'text', text: TEXT }, output })
      expect(report.audio_ms).toBeGreaterThan(1500)
      // The last picture stands for a whole frame.
      expect(report.av_skew_ms).toBeLessThan(40)
      expect(front.catalogue.engines).toMatchObject({
        speech: `remote ${speech}`,
        expression: `remote ${expression}`,
      })
    })
  })

  it('does all of a line there', async () => {
    const flags = { 'speech.engine': speech, 'video.engine': video, 'remote.mediaDirectory': folder }
    await withFront(flags, async (front) => {
      const output = join(folder, 'drawn-there.mp4')
      const report = await say(front, { source: { kind: 'text', text: TEXT }, output })
      // The last picture stands for a whole frame.
      expect(report.av_skew_ms).toBeLessThan(40)
      const film = await readFilm(output)
      expect(film.pictures).toHaveLength(Math.ceil((report.audio_ms * 25) / 1000))
      expect(film.pictures[0]).toHaveLength(128 * 128 * 3)
    })
  })

  it('says which server is away', async () => {
    await withFront({ 'speech.engine': 'ws://127.0.0.1:9' }, async (front) => {
      const said = say(front, { source: { kind: 'text', text: TEXT }, output: join(folder, 'none.wav') })
      await expect(said).rejects.toThrow(UnavailableError)
      await expect(said).rejects.toThrow('The speech server at ws://127.0.0.1:9 does not answer')
    })
  })
})
