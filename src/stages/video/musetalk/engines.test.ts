import { afterEach, describe, expect, it } from 'vitest'
import { UnavailableError } from '../../../errors.js'
import { ModelRegistry } from '../../../runtime/registry.js'
import { MusetalkEngines } from './engines.js'
import { tinyMusetalk } from './fixtures/tiny-musetalk.js'
import { musetalkModels, type MusetalkModels } from './model.js'

const device = { kind: 'cpu' } as const

/** Child processes that live. */
function processes(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length
}

describe('MuseTalk’s engines', () => {
  let registry: ModelRegistry

  function setUp(change: (models: MusetalkModels) => MusetalkModels = (models) => models): MusetalkEngines {
    registry = new ModelRegistry({ device })
    const models = musetalkModels(tinyMusetalk(), { device, maxBatch: 4, threads: 1, workers: 1 })
    return new MusetalkEngines(registry, change(models))
  }

  afterEach(() => registry.shutdown())

  it('are loaded when they are first asked for, and shared', async () => {
    const engines = setUp()
    const [one, two] = [engines.use(), engines.use()]
    expect(registry.ids()).toEqual([])
    expect(await one.faces()).toBe(await two.faces())
    expect(await one.ears()).toBe(await two.ears())
    expect(registry.ids().sort()).toEqual(['musetalk-ears', 'musetalk-face'])
    expect(engines.users).toBe(2)
    one.end()
    one.end()
    expect(engines.users).toBe(1)
  })

  it('are given back when nobody uses them, and loaded anew for the next', async () => {
    const engines = setUp()
    await engines.prewarm()
    expect(registry.ids().sort()).toEqual(['musetalk-compose', 'musetalk-ears', 'musetalk-face'])
    const use = engines.use()
    const faces = await use.faces()
    expect(await engines.release()).toBe(false)
    expect(registry.ids()).toContain('musetalk-face')
    use.end()
    expect(await engines.release()).toBe(true)
    expect(registry.ids()).toEqual(['musetalk-compose'])
    const { signal } = new AbortController()
    const late = { latents: '/none', index: 0, tokens: new Float32Array(0), slack: () => 0 }
    await expect(faces.draw(late, signal)).rejects.toThrow(UnavailableError)
    const again = engines.use()
    expect(await again.faces()).not.toBe(faces)
    again.end()
  })

  it('serve whoever comes while they are given back with fresh ones', async () => {
    const engines = setUp()
    await engines.prewarm()
    const { signal } = new AbortController()
    const first = engines.use()
    // A session is open, whose closing takes a while.
    const order = { latents: '/none', index: 0, tokens: new Float32Array(0), slack: () => 0 }
    await expect((await first.faces()).draw(order, signal)).rejects.toThrow('/none')
    first.end()
    const releasing = engines.release()
    const next = engines.use()
    const [ears, faces] = await Promise.all([next.ears(), next.faces(), releasing])
    const session = await ears.open({ sampleRate: 16_000, fps: 25, mode: 'realtime' }, { signal })
    await session.close()
    await expect(faces.draw(order, signal)).rejects.toThrow('/none')
    next.end()
  })

  it('really end, where they live in processes of their own', async () => {
    const engines = setUp((models) => ({
      ...models,
      ears: { ...models.ears, host: 'process' },
    }))
    // Those of the test before may just be going.
    await expect.poll(processes, { timeout: 20_000 }).toBe(0)
    await engines.prewarm()
    expect(processes()).toBe(2)
    expect(await engines.release()).toBe(true)
    await expect.poll(processes, { timeout: 20_000 }).toBe(0)
    expect(await engines.release()).toBe(true)
  })

  it('are given back also when they could not be loaded', async () => {
    const engines = setUp((models) => ({
      ...models,
      face: { ...models.face, config: { ...models.face.config, file: 'none.onnx' } },
    }))
    await expect(engines.prewarm()).rejects.toThrow('none.onnx')
    expect(engines.users).toBe(0)
    expect(await engines.release()).toBe(true)
    expect(registry.ids()).not.toContain('musetalk-ears')
  })
})

describe('MuseTalk’s models', () => {
  const options = { maxBatch: 6, threads: 0, workers: 2 }

  it('live in processes on CUDA, with few sizes of runs, warmed up', () => {
    const { ears, face, sizes, exact } = musetalkModels(tinyMusetalk(), {
      ...options,
      device: { kind: 'cuda', index: 0 },
    })
    expect([ears.host, face.host, exact]).toEqual(['process', 'process', false])
    expect(sizes).toEqual([1, 2, 4, 6])
    expect(face.config.warmUp).toEqual(sizes)
  })

  it('are not warmed up on the CPU, and take runs of any size', () => {
    const { ears, face, exact } = musetalkModels(tinyMusetalk(), { ...options, device })
    expect([ears.host, face.host, exact]).toEqual(['thread', 'process', true])
    expect(face.config.warmUp).toEqual([])
    expect(face.config.threads).toBeGreaterThan(0)
  })
})
