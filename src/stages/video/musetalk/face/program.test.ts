import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInlineEngine } from '../../../../runtime/inline-engine.js'
import type { EngineSession } from '../../../../runtime/engine.js'
import { FACE_BYTES, LATENT_VALUES, TOKENS_PER_FRAME } from '../contract.js'
import type { FaceEngine } from '../batcher/face-batcher.js'
import { tinyMusetalk } from '../fixtures/tiny-musetalk.js'
import { musetalkModels } from '../model.js'
import program, { type DrawnFaces, type FaceBatch, type FaceOrder } from './program.js'

/** Bits of half precision. */
const HALF = { one: 0x3c00, notANumber: 0x7e00 }

const { face } = musetalkModels(tinyMusetalk(), {
  device: { kind: 'cpu' },
  maxBatch: 4,
  threads: 1,
  workers: 1,
})
const { signal } = new AbortController()

describe('the program that draws faces', () => {
  let folder: string
  let engine: FaceEngine
  let session: EngineSession<FaceBatch, DrawnFaces>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-faces-'))
    const latents = new Uint16Array(3 * LATENT_VALUES)
    for (let i = 0; i < 2 * LATENT_VALUES; i++) latents[i] = HALF.one - (i % 1021)
    latents.fill(HALF.notANumber, 2 * LATENT_VALUES)
    await writeFile(join(folder, 'latents.f16'), new Uint8Array(latents.buffer))
    engine = await createInlineEngine(program, { ...face, config: { ...face.config, warmUp: [1, 2] } })
    session = await engine.open(null, { signal })
  })

  afterAll(async () => {
    await engine.dispose()
    await rm(folder, { recursive: true })
  })

  function order(index: number, loudness: number): FaceOrder {
    const values = TOKENS_PER_FRAME * face.config.width
    const tokens = Float32Array.from({ length: values }, (_, i) => loudness * Math.sin(i))
    return { latents: join(folder, 'latents.f16'), index, tokens }
  }

  async function draw(orders: readonly FaceOrder[], size = orders.length): Promise<DrawnFaces> {
    for await (const faces of session.process({ orders, size })) return faces
    throw new Error('no faces')
  }

  it('draws the same face alone, among others and in a batch that is filled up', async () => {
    const [alone] = await draw([order(1, 0.7)])
    expect(alone).toHaveLength(FACE_BYTES)
    const among = await draw([order(0, 0.2), order(1, 0.7), order(0, 0.5)])
    const filled = await draw([order(1, 0.7)], 4)
    expect(filled).toHaveLength(1)
    expect(furthest(among[1]!, alone!)).toBeLessThanOrEqual(1)
    expect(furthest(filled[0]!, alone!)).toBeLessThanOrEqual(1)
    expect(furthest(among[0]!, alone!)).toBeGreaterThan(1)
    // What the batch before has left behind is not drawn again.
    expect(furthest((await draw([order(0, 0.2)]))[0]!, among[0]!)).toBeLessThanOrEqual(1)
  })

  it('gives each face memory of its own', async () => {
    const faces = await draw([order(0, 0.2), order(1, 0.7)])
    expect(faces.map((face) => face!.buffer.byteLength)).toEqual([FACE_BYTES, FACE_BYTES])
  })

  it('gives no face where nothing but one colour came out', async () => {
    const faces = await draw([order(2, 0.3), order(0, 0.3)])
    expect(faces[0]).toBeUndefined()
    expect(faces[1]).toHaveLength(FACE_BYTES)
  })

  it('names the frame that is not there', async () => {
    await expect(draw([order(3, 0.3)])).rejects.toThrow('latents.f16 has no frame 3')
  })
})

function furthest(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}
