/** A session before a worker that stands still, or fails. */
import { describe, expect, it } from 'vitest'
import { InferenceError } from '../../errors.js'
import type { EngineSession } from '../../runtime/engine.js'
import type { HearingEvent } from './events.js'
import type { HearingInput } from './program.js'
import { MicrophoneSession } from './session.js'

const RATE = 16_000

/** A worker that takes its first input and waits at a gate before it answers. */
class StandingWorker implements EngineSession<HearingInput, readonly HearingEvent[]> {
  readonly inputs: HearingInput[] = []
  closed = 0
  goOn: (failure?: Error) => void = () => undefined
  readonly #gate = new Promise<Error | undefined>((resolve) => {
    this.goOn = resolve
  })

  async *process(input: HearingInput): AsyncGenerator<readonly HearingEvent[]> {
    this.inputs.push(input)
    const failure = await this.#gate
    if (failure !== undefined) throw failure
    yield []
  }

  flush(): AsyncIterable<readonly HearingEvent[]> {
    throw new Error('A microphone has no flush.')
  }

  async close(): Promise<void> {
    this.closed++
  }
}

function opened(): { worker: StandingWorker; session: MicrophoneSession; events: HearingEvent[] } {
  const worker = new StandingWorker()
  const session = new MicrophoneSession(() => Promise.resolve(worker), new AbortController().signal)
  const events: HearingEvent[] = []
  session.events$.subscribe({ next: (event) => events.push(event), error: () => undefined })
  return { worker, session, events }
}

const sound = (seconds: number): Float32Array => new Float32Array(seconds * RATE).fill(0.1)

describe('when the worker stands still', () => {
  it('the microphone is dropped by 2 s, told, and goes on at its own time', async () => {
    const { worker, session, events } = opened()
    for (let i = 0; i < 600; i++) {
      session.push(sound(0.1), RATE)
      expect(session.waiting).toBeLessThanOrEqual(2_000_000)
    }
    expect(events.every(({ type }) => type === 'overrun')).toBe(true)
    const lost = events.reduce((sum, event) => sum + (event.type === 'overrun' ? event.duration : 0), 0)
    worker.goOn()
    await session.end()
    const heard = worker.inputs.flatMap((input) =>
      input.kind === 'microphone' ? [input.samples.length] : [],
    )
    const total = heard.reduce((sum, length) => sum + length, 0)
    // All that was pushed was either heard or told as lost.
    expect(total / RATE + lost / 1e6).toBeCloseTo(60, 6)
    const skips = worker.inputs.flatMap((input) => (input.kind === 'skip' ? [input.at] : []))
    expect(skips).toHaveLength(1)
    const afterwards = heard.slice(worker.inputs.findIndex(({ kind }) => kind === 'skip'))
    expect(skips[0]! / 1e6 + afterwards.reduce((sum, length) => sum + length, 0) / RATE).toBeCloseTo(60, 6)
    expect(worker.closed).toBe(1)
  })

  it('announcements and interruptions do not pile up either', async () => {
    const { worker, session } = opened()
    for (let i = 0; i < 20_000; i++) {
      session.playing(sound(0.01), RATE, 0)
      session.quiet(0)
    }
    worker.goOn()
    await session.end()
    expect(worker.inputs.length).toBeLessThan(2100)
  })
})

it('a failure of the worker is that of the events, and the session has ended', async () => {
  const { worker, session } = opened()
  let failure: unknown
  session.events$.subscribe({ error: (error: unknown) => (failure = error) })
  session.push(sound(0.1), RATE)
  worker.goOn(new InferenceError('The graph failed.'))
  await session.end()
  expect(failure).toBeInstanceOf(InferenceError)
  expect(worker.closed).toBe(1)
  session.push(sound(0.1), RATE)
  expect(session.waiting).toBe(0)
})

it('a worker that cannot be opened is told by the events', async () => {
  const error = new InferenceError('There is no model.')
  const session = new MicrophoneSession(() => Promise.reject(error), new AbortController().signal)
  let failure: unknown
  session.events$.subscribe({ error: (found: unknown) => (failure = found) })
  await session.close()
  expect(failure).toBeUndefined()
  const other = new MicrophoneSession(() => Promise.reject(error), new AbortController().signal)
  other.events$.subscribe({ error: (found: unknown) => (failure = found) })
  await other.end()
  expect(failure).toBe(error)
})
