import { describe, expect, it } from 'vitest'
import { InputError, UnavailableError } from '../errors.js'
import type { ModelSpec, StepEvent } from './engine.js'
import { collect } from './fixtures/collect.js'
import { createGate } from './fixtures/gate.js'
import type scriptedProgram from './fixtures/scripted-program.js'
import type { ScriptedConfig } from './fixtures/scripted-program.js'
import { createInlineEngineOf } from './inline-engine.js'
import { ModelRegistry } from './registry.js'
import type { RegistryOptions } from './registry.js'

const { signal } = new AbortController()

function spec(id: string, extra: Partial<ModelSpec<ScriptedConfig>> = {}): ModelSpec<ScriptedConfig> {
  const program = new URL('./fixtures/scripted-program.js', import.meta.url)
  return { id, program, folder: import.meta.dirname, config: {}, host: 'thread', ...extra }
}

function inlineRegistry(options: Partial<RegistryOptions> = {}) {
  const created: string[] = []
  const registry = new ModelRegistry({
    device: { kind: 'cpu' },
    create: (model, engineOptions) => {
      created.push(model.id)
      return createInlineEngineOf(model, engineOptions)
    },
    ...options,
  })
  return { registry, created }
}

describe('the model registry', () => {
  it('loads a model once for all who ask', async () => {
    const { registry, created } = inlineRegistry()
    const [one, two] = await Promise.all([
      registry.load<typeof scriptedProgram>(spec('a')),
      registry.load<typeof scriptedProgram>(spec('a')),
    ])
    expect(two).toBe(one)
    expect(await registry.load(spec('a'))).toBe(one)
    expect(created).toEqual(['a'])
    await registry.shutdown()
  })

  it('forgets a load that failed', async () => {
    const { registry, created } = inlineRegistry()
    const failing = spec('a', { config: { failLoad: true } })
    const outcomes = await Promise.allSettled([registry.load(failing), registry.load(failing)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(registry.ids()).toEqual([])
    await registry.load(spec('a'))
    expect(created).toEqual(['a', 'a'])
    await registry.shutdown()
  })

  it('warms models side by side and reports the one that fails', async () => {
    const { registry } = inlineRegistry()
    const failing = spec('b', { config: { failLoad: true } })
    await expect(registry.prewarm([spec('a'), failing, spec('c')])).rejects.toThrow(
      'Model "b" cannot be loaded',
    )
    expect(registry.ids()).toEqual(['a', 'c'])
    await registry.shutdown()
  })

  it('refuses one id for two programs', async () => {
    const { registry } = inlineRegistry()
    await registry.load(spec('a'))
    await expect(registry.load(spec('a', { folder: '/elsewhere' }))).rejects.toThrow(InputError)
    await registry.shutdown()
  })

  it('loads a disposed model again, after the old one has gone', async () => {
    const { registry, created } = inlineRegistry()
    const engine = await registry.load<typeof scriptedProgram>(spec('a'))
    const session = await engine.open({ name: 's' }, { signal })
    const reading = collect(session.process({ do: 'spin', milliseconds: 20 })).catch(
      (error: unknown) => error,
    )
    const disposed = registry.dispose('a')
    const again = await registry.load(spec('a'))
    expect(again).not.toBe(engine)
    expect(created).toEqual(['a', 'a'])
    await Promise.all([disposed, reading])
    await expect(engine.open({ name: 's' }, { signal })).rejects.toThrow(UnavailableError)
    await registry.shutdown()
  })

  it('drains real workers in a shutdown and loads nothing more', async () => {
    const steps: StepEvent[] = []
    const registry = new ModelRegistry({ device: { kind: 'cpu' }, onStep: (event) => steps.push(event) })
    const [thread, child] = await Promise.all([
      registry.load<typeof scriptedProgram>(spec('thread')),
      registry.load<typeof scriptedProgram>(spec('child', { host: 'process' })),
    ])
    const sessions = await Promise.all(
      [thread, child].map((engine) => engine.open({ name: 's' }, { signal })),
    )
    const gates = sessions.map(() => createGate())
    const readings = sessions.map((session, index) =>
      collect(session.process({ do: 'hold', gate: gates[index]!.path })),
    )
    const outcomes = Promise.allSettled(readings)
    await Promise.all(gates.map((gate) => gate.held()))
    const shutdowns = Promise.all([registry.shutdown(), registry.shutdown()])
    for (const gate of gates) gate.open()
    await shutdowns
    for (const gate of gates) gate.remove()
    // The steps were told of, so they ended by themselves before their workers did.
    expect(
      steps
        .filter(({ method }) => method === 'process')
        .map(({ model }) => model)
        .sort(),
    ).toEqual(['child', 'thread'])
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(registry.load(spec('late'))).rejects.toThrow(
      'Model "late" is not loaded: phiz is shutting down.',
    )
  })

  it('holds steps of models that share a device to its slots', async () => {
    const { registry } = inlineRegistry({ deviceConcurrency: 1 })
    const engines = await Promise.all(
      ['a', 'b', 'c'].map((id) => registry.load<typeof scriptedProgram>(spec(id, { usesDevice: true }))),
    )
    const queue = registry.queueOf({ kind: 'cpu' })
    const sessions = await Promise.all(engines.map((engine) => engine.open({ name: 's' }, { signal })))
    const turns = sessions.map(async (session) => {
      for await (const item of session.process({ do: 'count', items: 20 })) {
        expect(item).toEqual(expect.any(Number))
        expect(queue.running).toBeLessThanOrEqual(1)
      }
    })
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all(turns)
    expect(queue.running + queue.waiting).toBe(0)
    await registry.shutdown()
  })
})
