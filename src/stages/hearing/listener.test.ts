import { describe, expect, it } from 'vitest'
import type { HearingEvent } from './events.js'
import { Listener } from './listener.js'
import { HOP_SAMPLES } from './rates.js'
import { DEFAULT_LISTENING } from './settings.js'

const HOP = 32_000

/** Hears probabilities, one a hop; the samples of hop n are all n + 1. */
function heard(listener: Listener, probabilities: readonly number[], agentSpeaks = false): HearingEvent[] {
  return probabilities.flatMap((probability, n) => [
    ...listener.next({ probability, samples: new Float32Array(HOP_SAMPLES).fill(n + 1), agentSpeaks }),
  ])
}

const hops = (count: number, probability: number): number[] =>
  Array.from({ length: count }, () => probability)
const listening = (more = {}): Listener => new Listener({ ...DEFAULT_LISTENING, ...more })

describe('the beginning of speech', () => {
  it('is told after 150 ms of voice, with the time of the first', () => {
    const listener = listening()
    expect(heard(listener, [...hops(20, 0.01), ...hops(4, 0.9)])).toEqual([])
    expect(heard(listener, [0.9])).toEqual([{ type: 'speech-start', at: 20 * HOP, bargeIn: false }])
    expect(heard(listener, hops(20, 0.9))).toEqual([])
  })

  it('is not told of what falls silent before, however often', () => {
    const listener = listening()
    for (let i = 0; i < 10; i++) expect(heard(listener, [...hops(4, 0.95), 0.1])).toEqual([])
  })

  it('survives a hop of doubt, but does not come of doubt alone', () => {
    expect(heard(listening(), [0.8, 0.4, 0.4, 0.6, 0.45])).toHaveLength(1)
    expect(heard(listening(), hops(50, 0.49))).toEqual([])
  })

  it('needs a clearer voice while the agent speaks, and interrupts it', () => {
    expect(heard(listening(), hops(20, 0.65), true)).toEqual([])
    expect(heard(listening(), hops(5, 0.75), true)).toEqual([{ type: 'speech-start', at: 0, bargeIn: true }])
  })
})

describe('the end of speech', () => {
  it('is told after 600 ms of silence, with the time of the last voice and the sound around it', () => {
    const events = heard(listening(), [...hops(20, 0), ...hops(30, 0.9), ...hops(30, 0)])
    expect(events.map(({ type, at }) => [type, at])).toEqual([
      ['speech-start', 20 * HOP],
      ['speech-end', 50 * HOP],
      ['utterance', 10 * HOP],
    ])
    const utterance = events[2]!
    if (utterance.type !== 'utterance') throw new Error('Expected an utterance')
    expect(utterance).toMatchObject({ sampleRate: 16_000, cut: false })
    // 300 ms before the first voice, 200 ms after the last.
    expect(utterance.samples).toHaveLength((10 + 30 + 7) * HOP_SAMPLES)
    expect(utterance.samples[0]).toBe(11)
    expect(utterance.samples.at(-1)).toBe(57)
  })

  it('is not told of a pause, nor of doubt after a voice', () => {
    const words = [...hops(10, 0.9), ...hops(18, 0.1)]
    expect(heard(listening(), [...words, ...words, ...words]).map(({ type }) => type)).toEqual([
      'speech-start',
    ])
    expect(heard(listening(), [...hops(10, 0.9), ...hops(100, 0.4)])).toHaveLength(1)
  })

  it('is told of doubt after silence: that is none of the voice', () => {
    const events = heard(listening(), [...hops(10, 0.9), 0.1, ...hops(30, 0.45)])
    expect(events.map(({ type }) => type)).toEqual(['speech-start', 'speech-end', 'utterance'])
    expect(events[1]!.at).toBe(10 * HOP)
  })

  it('comes at the greatest length, and nothing is handed out twice or lost', () => {
    const events = heard(listening({ longestMs: 1000 }), [...hops(100, 0.9), ...hops(30, 0)])
    const pieces = events.flatMap((event) => (event.type === 'utterance' ? [event] : []))
    expect(pieces.map(({ cut }) => cut)).toEqual([true, true, true, false])
    for (const { samples } of pieces) expect(samples.length).toBeLessThanOrEqual(32 * HOP_SAMPLES)
    const numbers = pieces.flatMap(({ samples }) => [...samples].filter((_, n) => n % HOP_SAMPLES === 0))
    expect(numbers).toEqual(Array.from({ length: 107 }, (_, n) => n + 1))
  })

  it('of the stream hands out what is being said', () => {
    const listener = listening()
    heard(listener, hops(10, 0.9))
    expect(listener.end().map(({ type }) => type)).toEqual(['speech-end', 'utterance'])
    expect(listening().end()).toEqual([])
  })
})

it('forgets what was being said when sound was lost', () => {
  const listener = listening()
  heard(listener, hops(10, 0.9))
  expect(listener.moveTo(160_000)).toEqual([{ type: 'speech-end', at: 10 * HOP }])
  expect(heard(listener, hops(5, 0.9))).toEqual([{ type: 'speech-start', at: 10_000_000, bargeIn: false }])
})
