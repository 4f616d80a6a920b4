/** `ex_vol` as clients see it: over HTTP on a real port, on the real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readClip } from '../../../../test/media/encode-audio.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { encodeWav } from '../../../media/wav.js'
import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import { hum, mixed, music, roomNoise } from '../../../stages/separation/fixtures/mixtures.js'
import { listen } from '../../listen.js'
import type { Tap } from '../tap.js'
import { createLamTap } from './tap.js'

interface Animation {
  readonly metadata: { readonly frame_count: number }
  readonly frames: readonly { readonly weights: readonly number[] }[]
}

let app: App
let tap: Tap
let base: string
let close: (graceMs: number) => Promise<void>
let voice: Float32Array
let clean: Animation

beforeAll(async () => {
  app = createApp(resolveConfig())
  const onUnexpectedError = (error: unknown): void => {
    throw error
  }
  tap = createLamTap({ ...app, onUnexpectedError })
  const fetchTap = (request: Request): Response | Promise<Response> => tap.http!.fetch(request)
  const server = await listen({ host: '127.0.0.1', port: 0, fetch: fetchTap, title: tap.title })
  base = `http://127.0.0.1:${server.port}`
  close = server.close
  voice = await readClip('speech-en-7s')
  clean = await infer(voice, 'false')
})
afterAll(async () => {
  await close(0)
  await tap.close()
  await app[Symbol.asyncDispose]()
})

async function post(samples: Float32Array, exVol: string, signal?: AbortSignal): Promise<Response> {
  const body = new FormData()
  body.append('audio_file', new Blob([new Uint8Array(encodeWav(samples, 16_000))]), 'sound.wav')
  body.append('ex_vol', exVol)
  return fetch(`${base}/api/infer`, { method: 'POST', body, ...(signal && { signal }) })
}

async function infer(samples: Float32Array, exVol: string): Promise<Animation> {
  const answer = await post(samples, exVol)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Animation
}

/** Mean distance of a motion from that of the clean voice: of the jaw, and of all 52 weights. */
function distance({ frames }: Animation): { jaw: number; all: number } {
  expect(frames.length).toBe(clean.frames.length)
  let [jaw, all] = [0, 0]
  frames.forEach(({ weights }, i) => {
    const differences = weights.map((weight, c) => Math.abs(weight - clean.frames[i]!.weights[c]!))
    jaw += differences[BLENDSHAPE_INDEX.jawOpen]!
    all += differences.reduce((sum, difference) => sum + difference, 0) / differences.length
  })
  return { jaw: jaw / frames.length, all: all / frames.length }
}

describe('ex_vol', () => {
  it.each([
    { name: 'music', background: music, decibels: 0, most: 0.9 },
    { name: 'the noise of a room', background: roomNoise, decibels: 5, most: 0.8 },
    { name: 'hum', background: hum, decibels: 0, most: 0.8 },
  ])(
    'brings motion under $name nearer to that of the voice alone',
    async ({ background, decibels, most }) => {
      const mixture = mixed(voice, background(voice.length), decibels)
      const [before, after] = [await infer(mixture, 'false'), await infer(mixture, 'True')].map(distance)
      expect(after!.jaw).toBeLessThan(most * before!.jaw)
      expect(after!.all).toBeLessThan(most * before!.all)
    },
  )

  it('hardly changes what a voice alone does', async () => {
    expect(distance(await infer(voice, 'true')).jaw).toBeLessThan(0.015)
  })

  it('takes silence, what is shorter than a window, and what is clipped', async () => {
    const clips = [new Float32Array(16_000), voice.slice(16_000, 17_600), voice.map((sample) => 100 * sample)]
    for (const samples of clips) {
      const { metadata } = await infer(samples, 'true')
      expect(metadata.frame_count).toBe(Math.ceil((samples.length / 16_000) * 30))
    }
  })

  it('serves others when a client has gone', async () => {
    const leaving = new AbortController()
    const long = new Float32Array(60 * 16_000).map((_, n) => voice[n % voice.length]!)
    const answer = post(long, 'true', leaving.signal)
    setTimeout(() => leaving.abort(), 100)
    await expect(answer).rejects.toThrow()
    expect((await infer(voice.slice(0, 16_000), 'true')).metadata.frame_count).toBe(30)
  })
})
