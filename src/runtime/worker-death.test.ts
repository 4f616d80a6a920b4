import { afterEach, describe, expect, it } from 'vitest'
import { InferenceError, UnavailableError } from '../errors.js'
import type { Engine, ModelSpec } from './engine.js'
import { collect } from './fixtures/collect.js'
import type { Script, ScriptedInit } from './fixtures/scripted-program.js'
import { createWorkerEngine } from './worker-engine.js'

const { signal } = new AbortController()

let engine: Engine<ScriptedInit, Script, unknown> | undefined

async function create(host: ModelSpec['host']): Promise<Engine<ScriptedInit, Script, unknown>> {
  engine = await createWorkerEngine<ScriptedInit, Script, unknown>(
    {
      id: 'mortal',
      program: new URL('./fixtures/scripted-program.js', import.meta.url),
      folder: import.meta.dirname,
      config: {},
      host,
    },
    { device: { kind: 'cpu' } },
  )
  return engine
}

async function first(items: AsyncIterable<unknown>): Promise<unknown> {
  return (await collect(items))[0]
}

afterEach(async () => {
  await engine?.dispose()
})

describe('the death of a worker', () => {
  it('fails its turns when a child process is killed during a step; the next turn finds a fresh one', async () => {
    const mortal = await create('process')
    const victim = await mortal.open({ name: 'victim' }, { signal })
    const idle = await mortal.open({ name: 'idle' }, { signal })
    const pid = (await first(victim.process({ do: 'pid' }))) as number
    const running = collect(victim.process({ do: 'spin', milliseconds: 60_000 }))
    setTimeout(() => process.kill(pid, 'SIGKILL'), 50)
    const failure: unknown = await running.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InferenceError)
    expect(failure).toMatchObject({
      message: 'Model "mortal": its worker is gone: the process was ended by SIGKILL.',
      retryable: true,
    })
    await expect(collect(idle.process({ do: 'pid' }))).rejects.toThrow(InferenceError)
    await Promise.all([victim.close(), idle.close()])

    const next = await mortal.open({ name: 'next' }, { signal })
    const fresh = await first(next.process({ do: 'pid' }))
    expect(fresh).toEqual(expect.any(Number))
    expect(fresh).not.toBe(pid)
    await next.close()
  })

  it('comes to a child process that has lost its device for good; the next turn finds a fresh one', async () => {
    const mortal = await create('process')
    const victim = await mortal.open({ name: 'victim' }, { signal })
    const neighbour = await mortal.open({ name: 'neighbour' }, { signal })
    const pid = await first(victim.process({ do: 'pid' }))
    const message = 'CUDA failure 700: an illegal memory access was encountered ; GPU=0'
    await expect(collect(victim.process({ do: 'throw', message }))).rejects.toThrow(message)
    const next = await mortal.open({ name: 'next' }, { signal })
    expect(await first(next.process({ do: 'pid' }))).not.toBe(pid)
    await expect(collect(neighbour.process({ do: 'pid' }))).rejects.toThrow(
      `Model "mortal": its process has lost the device, and is ended: ${message}`,
    )
    await Promise.all([victim.close(), neighbour.close(), next.close()])
  })

  it.each([
    'CUDA failure 2: out of memory ; GPU=0',
    'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0',
    'Non-zero status code returned while running Conv node.',
  ])('does not come to one that can go on after "%s"', async (message) => {
    const mortal = await create('process')
    const session = await mortal.open({ name: 'one' }, { signal })
    const pid = await first(session.process({ do: 'pid' }))
    await expect(collect(session.process({ do: 'throw', message }))).rejects.toThrow(message)
    const next = await mortal.open({ name: 'next' }, { signal })
    expect(await first(next.process({ do: 'pid' }))).toBe(pid)
    await Promise.all([session.close(), next.close()])
  })

  it('is not caused by the signals of a terminal in a child process, which its parent ends', async () => {
    const mortal = await create('process')
    const session = await mortal.open({ name: 'steady' }, { signal })
    const pid = (await first(session.process({ do: 'pid' }))) as number
    process.kill(pid, 'SIGINT')
    process.kill(pid, 'SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await first(session.process({ do: 'pid' }))).toBe(pid)
    await session.close()
  })

  it('fails its turns when a thread throws outside of a step; the next turn finds a fresh one', async () => {
    const mortal = await create('thread')
    const victim = await mortal.open({ name: 'victim' }, { signal })
    await expect(collect(victim.process({ do: 'throw-outside' }))).rejects.toThrow(
      'Model "mortal": its worker is gone: the thread threw "thrown outside of any step".',
    )
    await victim.close()
    const next = await mortal.open({ name: 'next' }, { signal })
    expect(await collect(next.process({ do: 'count', items: 2 }))).toEqual([0, 1])
    await next.close()
  })

  it('fails its turns when a thread exits', async () => {
    const mortal = await create('thread')
    const victim = await mortal.open({ name: 'victim' }, { signal })
    await expect(collect(victim.process({ do: 'exit', code: 3 }))).rejects.toThrow(
      'the thread exited with code 3',
    )
    await victim.close()
  })

  it('stops being answered by fresh workers when it happens three times in a row', async () => {
    const mortal = await create('thread')
    for (let death = 0; death < 3; death += 1) {
      const victim = await mortal.open({ name: 'victim' }, { signal })
      await expect(collect(victim.process({ do: 'exit', code: 1 }))).rejects.toThrow(InferenceError)
      await victim.close()
    }
    const refusal: unknown = await mortal
      .open({ name: 'fourth' }, { signal })
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(UnavailableError)
    expect(refusal).toMatchObject({
      retryable: true,
      message: expect.stringContaining('died 3 times within 10 s') as string,
    })
  })

  it('fails its turns, which would wait for ever, when what was sent to it cannot be read', async () => {
    const mortal = await create('thread')
    const session = await mortal.open({ name: 'reader' }, { signal })
    const data = new Float32Array(4)
    structuredClone(data, { transfer: [data.buffer] })
    await expect(collect(session.process({ do: 'echo', data }, [data.buffer]))).rejects.toThrow(
      /its worker is gone: .*cloned data/,
    )
    await session.close()

    const next = await mortal.open({ name: 'next' }, { signal })
    expect(await first(next.process({ do: 'pid' }))).toBe(process.pid)
    await next.close()
  })
})

describe.each(['thread', 'process'] as const)('what comes from a %s', (host) => {
  it('can be moved on array by array: none shares its memory with another', async () => {
    const mortal = await create(host)
    const session = await mortal.open({ name: 'sender' }, { signal })
    const arrays = (await first(session.process({ do: 'arrays', count: 3 }))) as Uint8Array<ArrayBuffer>[]
    for (const array of arrays) structuredClone(null, { transfer: [array.buffer] })
    expect(arrays.map(({ length }) => length)).toEqual([0, 0, 0])

    const again = (await first(session.process({ do: 'arrays', count: 3 }))) as Uint8Array<ArrayBuffer>[]
    structuredClone(null, { transfer: [again[0]!.buffer] })
    expect(again.map((array) => array[0])).toEqual([undefined, 1, 2])
    await session.close()
  })
})
