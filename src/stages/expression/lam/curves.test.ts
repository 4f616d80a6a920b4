import { describe, expect, it } from 'vitest'
import type { EngineSession } from '../../../runtime/engine.js'
import { lamCurves } from './curves.js'

/** A network that makes one row of every two samples, and tells what it was given. */
function pairing(): EngineSession<Float32Array, Float32Array> & { readonly given: number[][] } {
  const given: number[][] = []
  return {
    given,
    async *process(samples) {
      given.push([...samples])
      yield await Promise.resolve(new Float32Array(Math.floor(samples.length / 2)))
    },
    async *flush() {
      yield await Promise.resolve(new Float32Array(1))
    },
    close: () => Promise.resolve(),
  }
}

describe('lamCurves', () => {
  const packet = (...samples: number[]): Parameters<ReturnType<typeof lamCurves>['take']>[0] => ({
    kind: 'audio',
    turn: 'a',
    timestamp: 0,
    duration: 0,
    sampleRate: 16_000,
    samples: Float32Array.from(samples),
  })

  it('gathers sound until it completes rows, and gives all of it', async () => {
    const session = pairing()
    const curves = lamCurves(session, (samples) => 2 * Math.floor(samples / 4))
    const counts: number[] = []
    for (const samples of [[1], [2, 3], [4, 5], [6], [7, 8, 9, 10, 11, 12, 13]]) {
      let rows = 0
      for await (const { length } of curves.take(packet(...samples))) rows += length
      counts.push(rows)
    }
    expect(counts).toEqual([0, 0, 2, 0, 4])
    let rest = 0
    for await (const { length } of curves.end()) rest += length
    expect(rest).toBe(1)
    expect(session.given).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11, 12, 13],
    ])
  })

  it('leaves the samples of a packet as they are', async () => {
    const curves = lamCurves(pairing(), (samples) => samples)
    const given = packet(1, 2, 3)
    let rows = 0
    for await (const { length } of curves.take(given)) rows += length
    expect(rows).toBe(1)
    expect([...given.samples]).toEqual([1, 2, 3])
  })
})
