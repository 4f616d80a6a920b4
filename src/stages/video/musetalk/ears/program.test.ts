import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInlineEngine } from '../../../../runtime/inline-engine.js'
import { TOKENS_PER_FRAME } from '../contract.js'
import { gliding, tokensOf } from '../fixtures/listen.js'
import { tinyMusetalk } from '../fixtures/tiny-musetalk.js'
import type { EarsEngine } from '../hear.js'
import { musetalkModels } from '../model.js'
import type { EarsInit, HeardFrames } from './heard.js'
import program from './program.js'

const { ears } = musetalkModels(tinyMusetalk(), {
  device: { kind: 'cpu' },
  maxBatch: 1,
  threads: 1,
  workers: 1,
})
const { signal } = new AbortController()
const values = TOKENS_PER_FRAME * ears.config.width

describe('the program that hears', () => {
  let engine: EarsEngine

  beforeAll(async () => {
    engine = await createInlineEngine(program, { ...ears })
  })

  afterAll(() => engine.dispose())

  async function hear(sound: Float32Array, piece: number, init: Partial<EarsInit> = {}) {
    const session = await engine.open({ sampleRate: 16_000, fps: 25, mode: 'realtime', ...init }, { signal })
    const items: (HeardFrames & { readonly after: number })[] = []
    for (let at = 0; at < sound.length; at += piece) {
      const end = Math.min(sound.length, at + piece)
      for await (const item of session.process(sound.slice(at, end))) items.push({ ...item, after: end })
    }
    for await (const item of session.flush()) items.push({ ...item, after: Infinity })
    await session.close()
    return items
  }

  it('hears the first frames within 240 ms, and from then on the same, however the sound is cut', async () => {
    const sound = gliding(0.9)
    const packets = await hear(sound, 320)
    expect(packets[0]!.after).toBeLessThanOrEqual(0.24 * 16_000)
    const whole = await hear(sound, sound.length)
    expect(tokensOf(packets)).toEqual(tokensOf(whole))
    expect(tokensOf(whole)).toHaveLength(23 * values)
    expect(whole.at(-1)?.total).toBe(23)
  })

  it('hears sound of any rate, and frames for as long as it lasts', async () => {
    const sound = Float32Array.from({ length: 24_001 }, (_, i) => 0.4 * Math.sin(i / 9))
    const items = await hear(sound, 1111, { sampleRate: 48_000, fps: 30 })
    expect(items.at(-1)?.total).toBe(16)
    expect(tokensOf(items)).toHaveLength(16 * values)
    expect(await hear(new Float32Array(0), 100)).toEqual([])
  })

  it('as published hears what is heard offline; streaming comes close to it', async () => {
    const sound = gliding(1)
    const published = tokensOf(await hear(sound, 1000, { mode: 'reference' }))
    expect(published).toHaveLength(24 * values)
    const streamed = tokensOf(await hear(sound, 1000))
    const scale = Math.sqrt(power(published) / published.length)
    const difference = published.map((value, i) => value - streamed[i]!)
    // Whisper's attention sees all of the sound at once; streaming it has seen only what there was.
    expect(Math.sqrt(power(difference) / difference.length) / scale).toBeLessThan(0.2)
  })
})

function power(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0)
}
