import { describe, expect, it } from 'vitest'
import { levelOf, roomNoise } from '../stages/separation/fixtures/mixtures.js'
import { SpectralStream } from './spectral-stream.js'
import { SteadyToneFilter } from './steady-tones.js'

const RATE = 16_000

function filtered(samples: Float32Array): Float32Array {
  const filter = new SteadyToneFilter({ bins: 2049, lasting: 5, width: 8, pauses: 78 })
  const stream = new SpectralStream(4096, 1024, filter)
  const output = new Float32Array(samples.length)
  const start = stream.process(samples)
  output.set(start)
  output.set(stream.flush(), start.length)
  return output
}

function sound(seconds: number, of: (time: number) => number): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, n) => of(n / RATE))
}

function decibels(samples: Float32Array, reference: Float32Array): number {
  return 20 * Math.log10(levelOf(samples) / levelOf(reference))
}

/** The steps of a scale, one each two seconds. */
const scale = (time: number): number =>
  0.1 * Math.sin(2 * Math.PI * 220 * 2 ** ((Math.floor(time / 2) % 4) / 6) * time)
/** A pitch that glides as in speech, in syllables with pauses between. */
const voice = (time: number): number =>
  0.2 *
  Math.max(0, Math.sin(2 * Math.PI * 1.5 * time)) *
  Math.sin(2 * Math.PI * (150 * time + 6 * Math.sin(2 * Math.PI * 0.9 * time)))

describe('SteadyToneFilter', () => {
  it('takes out tones that last', () => {
    const tones = sound(12, scale)
    expect(decibels(filtered(tones), tones)).toBeLessThan(-10)
  })

  it('leaves a voice under them', () => {
    const [both, alone] = [sound(12, (time) => scale(time) + voice(time)), sound(12, voice)]
    const [before, after] = [sound(12, scale), filtered(both).map((sample, n) => sample - alone[n]!)]
    expect(decibels(after, before)).toBeLessThan(-6)
  })

  it('hardly touches what has pauses of silence around it', () => {
    const held = sound(12, (time) => (time % 2 < 1.2 ? 0.1 * Math.sin(2 * Math.PI * 300 * time) : 0))
    const room = roomNoise(held.length).map((sample, n) => 1e-4 * sample + held[n]!)
    expect(Math.abs(decibels(filtered(room), room))).toBeLessThan(0.2)
  })

  it('leaves noise as it is', () => {
    const noise = roomNoise(12 * RATE).map((sample) => 0.1 * sample)
    expect(decibels(filtered(noise), noise)).toBeGreaterThan(-1)
  })
})
