/** The tap with LAM-A2E itself behind it, the small network of the golden data: what is the engine's own manner. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { floats, readGolden } from '../../../../test/golden/read-golden.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { encodeWav } from '../../../media/wav.js'
import { BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import type { LamMode } from '../../../stages/expression/lam/contract.js'
import type { Tap } from '../tap.js'
import { createLamTap } from './tap.js'

const GOLDEN = fileURLToPath(new URL('../../../../test/golden/lam-a2e', import.meta.url))
const golden = readGolden(GOLDEN)
const speech = floats(golden, 'audio')

interface Served {
  readonly app: App
  readonly tap: Tap
}

function served(mode: LamMode): Served {
  const settings = { expression: { engine: 'lam' }, lam: { folder: `${GOLDEN}/model`, mode } }
  const app = createApp(resolveConfig({ file: settings }))
  const onUnexpectedError = (error: unknown): never => {
    throw error
  }
  return { app, tap: createLamTap({ ...app, onUnexpectedError }) }
}

type Frames = readonly (readonly number[])[]

async function ask(tap: Tap, path: string, body: FormData | string, field = 'frames'): Promise<unknown> {
  const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined
  const request = new Request(`http://tap${path}`, { method: 'POST', body, ...(headers && { headers }) })
  const answer = await tap.http!.fetch(request)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as Record<string, unknown>)[field]
}

function form(fields: Record<string, string>, name: string, samples: Float32Array): FormData {
  const data = new FormData()
  for (const [key, value] of Object.entries(fields)) data.append(key, value)
  data.append(name, new Blob([encodeWav(samples, 16_000)]), 'sound.wav')
  return data
}

const weightsOf = (frames: unknown): Frames =>
  (frames as { weights: number[] }[]).map(({ weights }) => weights)

async function infer(tap: Tap, fields: Record<string, string>): Promise<Frames> {
  return weightsOf(await ask(tap, '/api/infer', form(fields, 'audio_file', speech)))
}

/** Answers to chunks of a second. */
async function stream(tap: Tap, id_idx = 0): Promise<Frames[]> {
  const session_id = (await ask(
    tap,
    '/api/infer_stream_init',
    JSON.stringify({ id_idx }),
    'session_id',
  )) as string
  const answers: Frames[] = []
  for (let second = 0; second < 3; second++) {
    const chunk = speech.subarray(second * 16_000, (second + 1) * 16_000)
    answers.push(
      weightsOf(await ask(tap, '/api/infer_stream_chunk', form({ session_id }, 'audio_chunk', chunk))),
    )
  }
  await tap.http!.fetch(new Request(`http://tap/api/infer_stream_close/${session_id}`, { method: 'DELETE' }))
  return answers
}

/** Frames that a golden tensor holds; the chunks travel as 16-bit samples, which the weights show a little. */
function expectNear(actual: Frames, name: string, channels: readonly number[], count: number): void {
  const expected = floats(golden, name)
  for (const [frame, weights] of actual.slice(0, count).entries()) {
    for (const channel of channels) {
      const difference = Math.abs(weights[channel]! - expected[frame * 52 + channel]!)
      expect(difference, `${name}, frame ${frame}, channel ${channel}`).toBeLessThan(5e-3)
    }
  }
}

const WITHOUT_LIDS = Array.from({ length: 52 }, (_, i) => i).filter(
  (i) => i !== B.eyeBlinkLeft && i !== B.eyeBlinkRight,
)
const WITHOUT_CHANCE = WITHOUT_LIDS.filter((i) => i > B.browOuterUpRight)

describe('in the mode reference', () => {
  let lam: Served
  beforeAll(() => {
    lam = served('reference')
  })
  afterAll(async () => {
    await lam.tap.close()
    await lam.app[Symbol.asyncDispose]()
  })

  it('answers each second with its 30 frames, as the original makes them', async () => {
    const answers = await stream(lam.tap)
    expect(answers.map(({ length }) => length)).toEqual([30, 30, 30])
    expectNear(answers.flat(), 'stream.given', WITHOUT_LIDS, 60)
  })

  it('gives the identity to the network', async () => {
    const [first] = await stream(lam.tap, 3)
    const given = floats(golden, 'stream.given')
    const differences = first!.flatMap((weights, i) =>
      WITHOUT_LIDS.map((channel) => Math.abs(weights[channel]! - given[i * 52 + channel]!)),
    )
    expect(Math.max(...differences)).toBeGreaterThan(0.02)
  })

  it('treats a recording as the original does', async () => {
    const frames = await infer(lam.tap, { movement_smooth: 'true', brow_movement: 'true' })
    expect(frames).toHaveLength(90)
    expectNear(frames, 'offline.symmetric', WITHOUT_CHANCE, 90)
    const unmoved = await infer(lam.tap, { movement_smooth: 'false', brow_movement: 'true' })
    const jaw = (all: Frames): number =>
      all.slice(53, 64).reduce((sum, weights) => sum + weights[B.jawOpen]!, 0)
    expect(jaw(frames)).toBeLessThan(0.3 * jaw(unmoved))
  })
})

describe('in the mode realtime', () => {
  let lam: Served
  beforeAll(() => {
    lam = served('realtime')
  })
  afterAll(async () => {
    await lam.tap.close()
    await lam.app[Symbol.asyncDispose]()
  })

  it('holds three frames back for what follows them', async () => {
    expect((await stream(lam.tap)).map(({ length }) => length)).toEqual([27, 30, 30])
  })

  it('takes a recording whole, its mouth at rest at the end', async () => {
    const frames = await infer(lam.tap, {})
    expect(frames).toHaveLength(90)
    expect(frames.at(-1)![B.jawOpen]).toBeLessThan(0.05)
  })
})
