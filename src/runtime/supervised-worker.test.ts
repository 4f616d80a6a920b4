import { describe, expect, it } from 'vitest'
import { localChannel } from './channel.js'
import type { WorkerHandle } from './launch.js'
import { defineProgram } from './program.js'
import { serve } from './serve.js'
import { SupervisedWorker } from './supervised-worker.js'

/** Workers that die when the test says so, on a clock that the test moves. */
function setUp() {
  const state = { launched: 0, now: 0, failLoads: 0, die: (): void => undefined }
  const program = defineProgram(() => {
    if (state.failLoads > 0) {
      state.failLoads -= 1
      throw new Error('not yet')
    }
    return { open: () => ({ process: () => [] }) }
  })
  const launch = (): WorkerHandle => {
    state.launched += 1
    const [here, there] = localChannel()
    const ended = new Promise<string>((resolve) => {
      state.die = () => {
        resolve('it was told to')
      }
    })
    serve(there, () => Promise.resolve(program))
    return {
      channel: here,
      ended,
      end: () => {
        state.die()
        return Promise.resolve()
      },
    }
  }
  const load = { program: '', folder: '', device: { kind: 'cpu' }, config: undefined } as const
  const worker = new SupervisedWorker({ model: 'm', launch, load, now: () => state.now })
  const liveAndDie = async () => {
    await worker.connect()
    state.die()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { state, worker, liveAndDie }
}

describe('a supervised worker', () => {
  it('is started once for callers that come together', async () => {
    const { state, worker } = setUp()
    const [one, two] = await Promise.all([worker.connect(), worker.connect()])
    expect(one).toBe(two)
    expect(await worker.connect()).toBe(one)
    expect(state.launched).toBe(1)
  })

  it('forgets a start that failed', async () => {
    const { state, worker } = setUp()
    state.failLoads = 1
    await expect(worker.connect()).rejects.toThrow('Model "m" cannot be loaded: not yet')
    await expect(worker.connect()).resolves.toBeDefined()
    expect(state.launched).toBe(2)
  })

  it('is started again after a death, but not after the third within ten seconds', async () => {
    const { state, worker, liveAndDie } = setUp()
    await liveAndDie()
    state.now = 4_000
    await liveAndDie()
    state.now = 8_000
    await liveAndDie()
    await expect(worker.connect()).rejects.toThrow('died 3 times within 10 s')
    state.now = 10_001
    await expect(worker.connect()).resolves.toBeDefined()
    expect(state.launched).toBe(4)
  })

  it('is not started after its disposal, even by a caller who waits for the start', async () => {
    const { state, worker } = setUp()
    const waiting = worker.connect()
    await worker.dispose()
    await waiting
    await expect(worker.connect()).rejects.toThrow('Model "m" has been disposed.')
    expect(state.launched).toBe(1)
  })
})
