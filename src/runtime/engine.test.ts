import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CancelledError, InferenceError, InputError, OverloadError, UnavailableError } from '../errors.js'
import type { Engine, ModelSpec, StepEvent } from './engine.js'
import { collect } from './fixtures/collect.js'
import { createGate } from './fixtures/gate.js'
import type { Script, ScriptedConfig, ScriptedInit } from './fixtures/scripted-program.js'
import { createInlineEngineOf } from './inline-engine.js'
import type { WorkerEngineOptions } from './worker-engine.js'
import { createWorkerEngine } from './worker-engine.js'

// One suite, run for every kind of engine: what a stage relies on must hold for all of them.

type Scripted = Engine<ScriptedInit, Script, unknown>

const spec: ModelSpec<ScriptedConfig> = {
  id: 'scripted',
  program: new URL('./fixtures/scripted-program.js', import.meta.url),
  folder: import.meta.dirname,
  config: {},
  host: 'thread',
}

const kinds = {
  inline: (extra: Partial<ModelSpec>, options: WorkerEngineOptions) =>
    createInlineEngineOf({ ...spec, ...extra }, options),
  thread: (extra: Partial<ModelSpec>, options: WorkerEngineOptions) =>
    createWorkerEngine({ ...spec, ...extra }, options),
  process: (extra: Partial<ModelSpec>, options: WorkerEngineOptions) =>
    createWorkerEngine({ ...spec, ...extra, host: 'process' }, options),
}

describe.each(['inline', 'thread', 'process'] as const)('an engine (%s)', (kind) => {
  const steps: StepEvent[] = []
  let engine: Scripted

  const create = (extra: Partial<ModelSpec> = {}): Promise<Scripted> =>
    kinds[kind](extra, { device: { kind: 'cpu' }, onStep: (event) => steps.push(event) })

  const open = (name: string, signal = new AbortController().signal) => engine.open({ name }, { signal })

  /** What the worker has done, seen by a session of its own. */
  const journal = async (): Promise<string[]> => {
    const session = await open('observer')
    const [entries] = await collect(session.process({ do: 'journal' }))
    await session.close()
    return (entries as string[]).filter((entry) => !entry.startsWith('observer'))
  }

  const journalOf = async (name: string) =>
    (await journal())
      .filter((entry) => entry.startsWith(`${name} `))
      .map((entry) => entry.slice(name.length + 1))

  beforeAll(async () => {
    engine = await create()
  })

  afterAll(async () => {
    await engine.dispose()
  })

  it('gives the items of process, then those of flush, and closes the session', async () => {
    const session = await open('whole')
    expect(await collect(session.process({ do: 'count', items: 3 }))).toEqual([0, 1, 2])
    expect(await collect(session.process({ do: 'count', items: 1 }))).toEqual([0])
    expect(await collect(session.flush())).toEqual(['whole flushed'])
    await session.close()
    await session.close()
    expect(await journalOf('whole')).toEqual(['opened', '0', '1', '2', 'left', '0', 'left', 'closed'])
  })

  it('makes an item only when it is asked for', async () => {
    const session = await open('pulled')
    const items = session.process({ do: 'count', items: 100 })[Symbol.asyncIterator]()
    expect(await journalOf('pulled')).toEqual(['opened'])
    await items.next()
    await items.next()
    expect(await journalOf('pulled')).toEqual(['opened', '0', '1'])
    await session.close()
  })

  it('ends the iterator in the worker when the loop is left, and takes the next call', async () => {
    const session = await open('left')
    for await (const item of session.process({ do: 'count', items: 100 })) if (item === 1) break
    expect(await journalOf('left')).toEqual(['opened', '0', '1', 'left'])
    expect(await collect(session.process({ do: 'count', items: 1 }))).toEqual([0])
    await session.close()
  })

  it('takes a promise for exactly one item, in one step, and its rejection for the failure of the session', async () => {
    const session = await open('promising')
    steps.length = 0
    expect(await collect(session.process({ do: 'promise' }))).toEqual(['promised'])
    expect(steps).toHaveLength(1)
    for await (const item of session.process({ do: 'promise' })) {
      expect(item).toBe('promised')
      break
    }
    expect(await collect(session.process({ do: 'count', items: 1 }))).toEqual([0])
    const failing = session.process({ do: 'promise', message: 'broken promise' })
    await expect(collect(failing)).rejects.toThrow(/broken promise/)
    await session.close()
  })

  it('lets steps of several sessions take turns', async () => {
    const [one, two] = await Promise.all([open('one'), open('two')])
    const first = one.process({ do: 'count', items: 3 })[Symbol.asyncIterator]()
    const second = two.process({ do: 'count', items: 3 })[Symbol.asyncIterator]()
    for (let index = 0; index < 3; index += 1) {
      expect(await Promise.all([first.next(), second.next()])).toEqual([
        { done: false, value: index },
        { done: false, value: index },
      ])
    }
    const entries = (await journal()).filter((entry) => /^(one|two) \d/.test(entry))
    expect(entries).toEqual(['one 0', 'two 0', 'one 1', 'two 1', 'one 2', 'two 2'])
    await Promise.all([one.close(), two.close()])
  })

  it('refuses a second call while the first has not ended', async () => {
    const session = await open('busy')
    const items = session.process({ do: 'count', items: 2 })[Symbol.asyncIterator]()
    await items.next()
    await expect(collect(session.flush())).rejects.toThrow(InputError)
    expect(await items.next()).toEqual({ done: false, value: 1 })
    await session.close()
  })

  it('fails only the session whose program throws, and keeps what was thrown', async () => {
    const [bad, good] = await Promise.all([open('bad'), open('good')])
    const failure: unknown = await collect(bad.process({ do: 'throw', message: 'no such vowel' })).catch(
      (e: unknown) => e,
    )
    expect(failure).toBeInstanceOf(InferenceError)
    expect(failure).toMatchObject({
      message: 'Model "scripted" failed: no such vowel',
      retryable: true,
      cause: { name: 'TypeError', message: 'no such vowel' },
    })
    await expect(collect(bad.process({ do: 'count', items: 1 }))).rejects.toBe(failure)
    expect(await collect(good.process({ do: 'count', items: 1 }))).toEqual([0])
    await Promise.all([bad.close(), good.close()])
    expect(await journalOf('bad')).toEqual(['opened', 'closed'])
  })

  it('keeps the class and the words of an error of phiz', async () => {
    const session = await open('input')
    const failure: unknown = await collect(
      session.process({ do: 'throw-input', message: 'rate is 0' }),
    ).catch((e: unknown) => e)
    expect(failure).toBeInstanceOf(InputError)
    expect(failure).toMatchObject({ code: 'invalid-input', message: 'rate is 0', retryable: false })
    await session.close()
  })

  it('fails an open that throws and leaves nothing behind', async () => {
    const { signal } = new AbortController()
    await expect(engine.open({ name: 'refused', failOpen: true }, { signal })).rejects.toThrow(
      'Model "scripted" failed: refused may not enter',
    )
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(await journalOf('refused')).toEqual([])
  })

  it('fails a step whose output cannot be sent, not the worker', async () => {
    const session = await open('unsendable')
    await expect(collect(session.process({ do: 'unsendable' }))).rejects.toThrow(/could not be cloned/)
    await session.close()
    await expect(open('after').then((next) => next.close())).resolves.toBeUndefined()
  })

  it('fails a step whose input cannot be sent', async () => {
    const session = await open('input')
    const script = { do: 'journal', extra: () => undefined } as Script
    await expect(collect(session.process(script))).rejects.toThrow(InputError)
    await session.close()
  })

  it('stops between items when the turn is cancelled', async () => {
    const turn = new AbortController()
    const session = await open('cancelled', turn.signal)
    const items = session.process({ do: 'count', items: 100 })[Symbol.asyncIterator]()
    await items.next()
    turn.abort()
    await expect(items.next()).rejects.toThrow(CancelledError)
    await session.close()
    expect(await journalOf('cancelled')).toEqual(['opened', '0', 'left', 'closed'])
  })

  // The inline engine shares this thread, which a held step would block.
  if (kind !== 'inline') {
    it('tells a cancelled reader at once, drops the late item, and closes after the real end of the step', async () => {
      const gate = createGate()
      const turn = new AbortController()
      const session = await open('held', turn.signal)
      const reading = collect(session.process({ do: 'hold', gate: gate.path })).catch(
        (error: unknown) => error,
      )
      await gate.held()
      const reason = new CancelledError('The user spoke.')
      turn.abort(reason)
      let closed = false
      const closing = session.close().then(() => (closed = true))
      expect(await reading).toBe(reason)
      expect(closed).toBe(false)
      gate.open()
      await closing
      expect(await journalOf('held')).toEqual(['opened', 'held', 'closed'])
      gate.remove()
    })

    it('gives a worker that comes free to the most urgent step', async () => {
      const gate = createGate()
      const { signal } = new AbortController()
      const busy = await open('first')
      const [late, soon] = await Promise.all([
        engine.open({ name: 'patiently' }, { signal, priority: -300 }),
        engine.open({ name: 'soon' }, { signal, priority: () => -100 }),
      ])
      const calls = [collect(busy.process({ do: 'hold', gate: gate.path }))]
      await gate.held()
      calls.push(
        collect(late.process({ do: 'count', items: 1 })),
        collect(soon.process({ do: 'count', items: 1 })),
      )
      gate.open()
      await Promise.all(calls)
      await Promise.all([busy.close(), late.close(), soon.close()])
      const entries = (await journal()).filter((entry) => /^(patiently|soon) 0/.test(entry))
      expect(entries).toEqual(['soon 0', 'patiently 0'])
      gate.remove()
    })

    it('waits for the running step when it is disposed, and takes nothing more', async () => {
      const gate = createGate()
      const doomed = await create()
      const { signal } = new AbortController()
      const session = await doomed.open({ name: 'last' }, { signal })
      const reading = collect(session.process({ do: 'hold', gate: gate.path })).catch(
        (error: unknown) => error,
      )
      await gate.held()
      let disposed = false
      const disposing = doomed.dispose().then(() => (disposed = true))
      await expect(doomed.open({ name: 'late' }, { signal })).rejects.toThrow(UnavailableError)
      expect(await reading).toMatchObject({ message: 'Model "scripted" is being disposed.' })
      expect(disposed).toBe(false)
      gate.open()
      await disposing
      await session.close()
      gate.remove()
    })
  }

  it('lets a long step see the cancellation while it runs', async () => {
    const turn = new AbortController()
    const session = await open('patient', turn.signal)
    const reading = collect(session.process({ do: 'wait-for-signal' }))
    setTimeout(() => turn.abort(), 10)
    await expect(reading).rejects.toThrow(CancelledError)
    await session.close()
    expect(await journalOf('patient')).toEqual(['opened', 'waits', 'saw the signal', 'closed'])
  })

  it('opens nothing for a turn that is cancelled already', async () => {
    await expect(open('late', AbortSignal.abort())).rejects.toThrow(CancelledError)
    expect(await journalOf('late')).toEqual([])
  })

  it('moves big buffers there and back unharmed', async () => {
    const session = await open('big')
    const data = Float32Array.from({ length: 196_608 }, (_, index) => index)
    const [echo] = await collect(session.process({ do: 'echo', data }, [data.buffer]))
    expect(echo).toBeInstanceOf(Float32Array)
    expect((echo as Float32Array).length).toBe(196_608)
    expect((echo as Float32Array)[196_607]).toBe(196_607)
    expect(data.length).toBe(kind === 'process' ? 196_608 : 0)
    await session.close()
  })

  it('measures each step inside the worker', async () => {
    const session = await open('measured')
    steps.length = 0
    await collect(session.process({ do: 'spin', milliseconds: 20 }))
    await collect(session.flush())
    await session.close()
    expect(steps.map(({ model, method }) => `${model} ${method}`)).toEqual([
      ...['scripted process', 'scripted process', 'scripted flush', 'scripted flush'],
    ])
    expect(steps[0]?.durationMs).toBeGreaterThanOrEqual(20)
  })

  it('keeps no listener on a signal over a thousand sessions', async () => {
    const { signal } = new AbortController()
    for (let index = 0; index < 1000; index += 1) {
      const session = await open('many', signal)
      for await (const item of session.process({ do: 'count', items: 2 })) if (item === 0) break
      await session.close()
    }
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('refuses more sessions than it may hold, and takes one again when one has closed', async () => {
    const small = await create({ maxSessions: 1 })
    const { signal } = new AbortController()
    const session = await small.open({ name: 'only' }, { signal })
    await expect(small.open({ name: 'other' }, { signal })).rejects.toThrow(OverloadError)
    await session.close()
    await (await small.open({ name: 'next' }, { signal })).close()
    await small.dispose()
  })

  it('passes on what goes wrong in loading and in disposing', async () => {
    await expect(create({ config: { failLoad: true } })).rejects.toThrow(
      'Model "scripted" cannot be loaded: the weights are of cheese',
    )
    const clinging = await create({ config: { failDispose: true } })
    await expect(clinging.dispose()).rejects.toThrow('it clings to life')
  })
})
