import { describe, expect, it } from 'vitest'
import { SampleRing } from './sample-ring.js'

const RATE = 1000
const FADE = 8
const START_AFTER = 20
const QUANTUM = 8

function ramp(length: number, from = 0): Float32Array {
  return Float32Array.from({ length }, (_, index) => (from + index + 1) / 10_000)
}

function quanta(ring: SampleRing, count: number): number[] {
  const heard: number[] = []
  const output = new Float32Array(QUANTUM)
  for (let index = 0; index < count; index += 1) {
    ring.read(output)
    heard.push(...output)
  }
  return heard
}

const ringOf = (): SampleRing => new SampleRing(RATE, FADE, START_AFTER)

describe('SampleRing', () => {
  it('waits for enough to begin with, then plays every sample once', () => {
    const ring = ringOf()
    const output = new Float32Array(QUANTUM)
    expect(ring.read(output)).toBe('empty')
    ring.write(0, ramp(12))
    expect(ring.read(output)).toBe('waiting')
    expect(ring.position).toBe(0)
    ring.write(12, ramp(12, 12))
    expect(quanta(ring, 3)).toEqual([...ramp(24)])
    expect(ring.position).toBe(24)
  })

  it('plays what there is, however little, once nothing more comes, and its time goes on after it', () => {
    const ring = ringOf()
    ring.write(0, ramp(4))
    ring.end()
    expect(quanta(ring, 2)).toEqual([...ramp(4), ...new Float32Array(12)])
    expect(ring.position).toBe(16)
  })

  it('stands still while samples are missing, and goes on when enough wait again', () => {
    const ring = ringOf()
    ring.write(0, ramp(24))
    quanta(ring, 4)
    expect(ring.position).toBe(24)
    ring.write(24, ramp(10, 24))
    expect(quanta(ring, 1)).toEqual([...new Float32Array(QUANTUM)])
    expect(ring.position).toBe(24)
    ring.write(34, ramp(14, 34))
    expect(quanta(ring, 3)).toEqual([...ramp(24, 24)])
  })

  it('is silent one quantum after a cut, without a click before it', () => {
    const ring = ringOf()
    ring.write(0, new Float32Array(400).fill(0.8))
    quanta(ring, 2)
    ring.cut()
    const fade = quanta(ring, 1)
    expect(fade.at(-1)).toBe(0)
    for (const [index, value] of fade.entries()) {
      expect(Math.abs(value - (fade[index - 1] ?? 0.8))).toBeLessThan(0.11)
    }
    expect(quanta(ring, 2)).toEqual([...new Float32Array(2 * QUANTUM)])
    expect(ring.position).toBe(0)
  })

  it('begins the next turn under the fade of the one that was cut', () => {
    const ring = ringOf()
    ring.write(0, new Float32Array(400).fill(0.5))
    quanta(ring, 1)
    ring.cut()
    ring.write(0, new Float32Array(40).fill(0.25))
    const heard = quanta(ring, 2)
    expect(heard[0]).toBeCloseTo(0.25 + 0.5 * (1 - 1 / FADE))
    expect(heard.slice(FADE - 1)).toEqual(Array.from({ length: 9 }, () => 0.25))
  })

  it('does not fade what was never heard', () => {
    const ring = ringOf()
    ring.write(0, new Float32Array(10).fill(0.5))
    ring.cut()
    expect(quanta(ring, 1)).toEqual([...new Float32Array(QUANTUM)])
  })

  it('fills a gap with silence, joins what is a rounding off, and leaves out what came twice', () => {
    const ring = ringOf()
    ring.write(100, ramp(10))
    ring.write(111, ramp(10, 10))
    ring.write(125, ramp(5, 30))
    ring.write(120, ramp(15, 25))
    expect(ring.waiting).toBe(10 + 10 + 5 + 5 + 5)
    const heard = quanta(ring, 4)
    expect(heard.slice(0, 20)).toEqual([...ramp(20)])
    expect(heard.slice(20, 25)).toEqual([0, 0, 0, 0, 0])
    expect(heard.slice(25, 32)).toEqual([...ramp(7, 30)])
    expect(ring.position).toBe(132)
  })

  it('says how much found no room, and keeps what it has', () => {
    const ring = new SampleRing(10, FADE, 1)
    expect(ring.write(0, ramp(290))).toBe(0)
    expect(ring.write(290, ramp(30, 290))).toBe(20)
    expect(ring.waiting).toBe(300)
  })

  it('goes round its end without losing or mixing samples', () => {
    const ring = new SampleRing(10, FADE, 1)
    let written = 0
    const heard: number[] = []
    for (let round = 0; round < 60; round += 1) {
      ring.write(written, ramp(16, written))
      written += 16
      heard.push(...quanta(ring, 2))
    }
    expect(heard).toEqual([...ramp(960)])
  })
})
