/** A real reader, real noise, the real model in a real worker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../config/load.js'
import { CancelledError, InputError } from '../../errors.js'
import { ModelRegistry } from '../../runtime/registry.js'
import { configuredHearing } from './configured-hearing.js'
import { hear, type Agent } from './fixtures/hear.js'
import { atLevel, echoOf, mix, noise, RATE, randomNumbers, speech } from './fixtures/sounds.js'
import type { Hearing, HearingEvent, HearingSession } from './hearing.js'

/** Where the voice in the short recording is, in seconds, by the level of its frames of 20 ms. */
const VOICE = { begins: 0.26, ends: 2.8 }

const { signal } = new AbortController()
let registry: ModelRegistry
let hearing: Hearing
let short: Float32Array
let long: Float32Array

beforeAll(async () => {
  registry = new ModelRegistry({ device: { kind: 'cpu' } })
  hearing = configuredHearing(resolveConfig(), registry)
  short = atLevel(await speech(3), -23)
  long = atLevel(await speech(7), -23)
})
afterAll(() => registry.shutdown())

/** Seconds of each event's time, by its type. */
const times = (events: readonly HearingEvent[], type: HearingEvent['type']): number[] =>
  events.filter((event) => event.type === type).map(({ at }) => at / 1e6)

function expectBetween(value: number | undefined, least: number, most: number): void {
  expect(value).toBeGreaterThan(least)
  expect(value).toBeLessThan(most)
}

function expectNear(value: number | undefined, expected: number, tolerance: number): void {
  expectBetween(value, expected - tolerance, expected + tolerance)
}

const types = (events: readonly HearingEvent[]): string[] => events.map(({ type }) => type)

function utterance(events: readonly HearingEvent[]): Extract<HearingEvent, { type: 'utterance' }> {
  const found = events.find((event) => event.type === 'utterance')
  if (found === undefined) throw new Error(`Expected an utterance in ${types(events).join(', ')}`)
  return found
}

describe('somebody who speaks', () => {
  it('is heard from beginning to end, with all of the sound', async () => {
    const microphone = mix(6, [
      [noise(6, -60), 0],
      [short, 1],
    ])
    const events = await hear(hearing.open(signal), microphone)
    expect(types(events)).toEqual(['speech-start', 'speech-end', 'utterance'])
    expectNear(times(events, 'speech-start')[0], 1 + VOICE.begins, 0.064)
    expectNear(times(events, 'speech-end')[0], 1 + VOICE.ends, 0.15)
    const { at, samples, sampleRate, cut } = utterance(events)
    expect([sampleRate, cut]).toEqual([RATE, false])
    expect(at / 1e6).toBeLessThan(1)
    expect(at / 1e6 + samples.length / RATE).toBeGreaterThan(3.9)
    // The sound is the microphone's own, bit for bit but for rounding.
    const start = Math.round((at * RATE) / 1e6)
    const difference = samples.reduce(
      (most, sample, n) => Math.max(most, Math.abs(sample - microphone[start + n]!)),
      0,
    )
    expect(difference).toBeLessThan(1e-6)
  })

  it('is heard the same in chunks of any size', async () => {
    const microphone = mix(5, [
      [noise(5, -60), 0],
      [short, 0.5],
    ])
    const expected = await hear(hearing.open(signal), microphone)
    for (const chunk of [333, 16_000]) {
      expect(await hear(hearing.open(signal), microphone, { chunk })).toEqual(expected)
    }
  })

  it('is heard at the rate of any microphone', async () => {
    const voice = atLevel(await speech(3, 48_000), -23)
    const parts = [
      [noise(5, -60, 48_000), 0],
      [voice, 1],
    ] as const
    const events = await hear(hearing.open(signal), mix(5, parts, 48_000), { sampleRate: 48_000, chunk: 480 })
    expect(types(events)).toEqual(['speech-start', 'speech-end', 'utterance'])
    expectNear(times(events, 'speech-start')[0], 1 + VOICE.begins, 0.064)
  })

  it('is handed out when the microphone is turned off', async () => {
    const events = await hear(hearing.open(signal), short.subarray(0, 1.5 * RATE))
    expect(types(events)).toEqual(['speech-start', 'speech-end', 'utterance'])
    expectBetween(utterance(events).samples.length / RATE, 1.2, 1.5)
  })

  it('is not confused with what another microphone hears', async () => {
    const silence = noise(5, -60)
    const [spoken, silent] = await Promise.all([
      hear(
        hearing.open(signal),
        mix(5, [
          [silence, 0],
          [short, 1],
        ]),
      ),
      hear(hearing.open(signal), silence),
    ])
    expect(types(spoken)).toEqual(['speech-start', 'speech-end', 'utterance'])
    expect(silent).toEqual([])
  })
})

describe('what is no speech', () => {
  it('begins none: clicks, knocks, 100 ms of noise, 100 ms of a voice, a hum', async () => {
    const next = randomNumbers(3)
    const click = Float32Array.of(0.9, -0.9, 0.5)
    const knock = Float32Array.from({ length: 800 }, (_, n) => 0.7 * Math.exp(-n / 120) * Math.sin(n / 8))
    const burst = Float32Array.from({ length: 1600 }, () => 0.3 * next())
    const hum = Float32Array.from(
      { length: 2 * RATE },
      (_, n) => 0.1 * Math.sin((2 * Math.PI * 100 * n) / RATE),
    )
    const syllable = long.subarray(RATE, RATE + 1600)
    const microphone = mix(8, [
      [noise(8, -60), 0],
      ...[0.5, 0.7, 1.1].map((at) => [click, at] as const),
      ...[1.5, 1.8, 2.1].map((at) => [knock, at] as const),
      ...[2.6, 3.2, 3.8].map((at) => [burst, at] as const),
      ...[4.4, 5.2].map((at) => [syllable, at] as const),
      [hum, 6],
    ])
    expect(await hear(hearing.open(signal), microphone)).toEqual([])
  })

  it('does no harm: silence, full scale, what is not a number', async () => {
    const microphone = mix(6, [[short, 2]])
    for (let n = 0; n < RATE; n++) microphone[n] = [NaN, Infinity, -1e30, 1][n % 4]!
    const events = await hear(hearing.open(signal), microphone)
    expect(types(events).slice(-3)).toEqual(['speech-start', 'speech-end', 'utterance'])
    expect(times(events, 'speech-start').at(-1)).toBeGreaterThan(1.9)
  })
})

describe('the voice of the agent', () => {
  const agent = (): Agent => ({ samples: long, at: 0.5 })

  it.each([
    [30, -6],
    [120, -12],
    [380, -20],
  ])('does not interrupt itself by an echo %d ms later at %d dB', async (delay, level) => {
    const microphone = mix(8.5, [
      [noise(8.5, -65), 0],
      [echoOf(long, delay, level), 0.5],
    ])
    expect(await hear(hearing.open(signal), microphone, { agent: agent() })).toEqual([])
    // Without being announced it is a voice like any other.
    expect(types(await hear(hearing.open(signal), microphone))).toContain('speech-start')
  })

  it('is interrupted by somebody who speaks over it', async () => {
    const microphone = mix(8.5, [
      [noise(8.5, -65), 0],
      [echoOf(long, 60, -12), 0.5],
      [short, 4],
    ])
    const alone = await hear(
      hearing.open(signal),
      mix(8.5, [
        [noise(8.5, -65), 0],
        [short, 4],
      ]),
    )
    const events = await hear(hearing.open(signal), microphone, { agent: agent() })
    expect(events[0]).toMatchObject({ type: 'speech-start', bargeIn: true })
    const late = times(events, 'speech-start')[0]! - times(alone, 'speech-start')[0]!
    expectBetween(late, -0.04, 0.15)
  })

  it('is not waited for after an interruption', async () => {
    const session = hearing.open(signal)
    session.playing(long.subarray(0, 2 * RATE), RATE, 0)
    session.quiet(500_000)
    const microphone = mix(5, [
      [noise(5, -65), 0],
      [short, 1.5],
    ])
    const events = await hear(session, microphone)
    expect(events[0]).toMatchObject({ type: 'speech-start', bargeIn: false })
  })
})

describe('a session', () => {
  const failure = (act: () => void): unknown => {
    try {
      act()
    } catch (error) {
      return error
    }
    return undefined
  }
  const inputError = (act: () => void, message: string): void => {
    const error = failure(act)
    expect(error).toBeInstanceOf(InputError)
    expect((error as Error).message).toContain(message)
  }

  it('says what it does not take', async () => {
    const session = hearing.open(signal)
    const second = new Float32Array(RATE)
    inputError(
      () => session.push(second, 44_101),
      'sampleRate is 44101; a multiple of 25 from 8000 to 192000',
    )
    inputError(() => session.push(new Float32Array(3 * RATE), RATE), 'The chunk has 48000 samples, 3.0 s')
    inputError(() => session.playing(second, RATE, 3_500_000), 'at most 4 s are kept')
    inputError(() => session.playing(second, RATE, NaN), 'at is NaN')
    session.push(second, RATE)
    inputError(() => session.push(second, 48_000), 'sampleRate is 48000; this microphone has 16000.')
    expect(session.position).toBe(1_000_000)
    await session.close()
  })

  it('ends with its signal, at once and quietly', async () => {
    const controller = new AbortController()
    const session: HearingSession = hearing.open(controller.signal)
    let ended = ''
    session.events$.subscribe({ error: () => (ended = 'failed'), complete: () => (ended = 'completed') })
    session.push(short.subarray(0, RATE), RATE)
    controller.abort(new CancelledError())
    await session.close()
    expect(ended).toBe('completed')
    session.push(short.subarray(0, RATE), RATE)
    expect(session.waiting).toBe(0)
  })
})
