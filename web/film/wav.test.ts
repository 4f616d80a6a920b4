import { expect, it } from 'vitest'
import wavefile from 'wavefile'
import { wavOf } from './wav.js'

it('makes a mono WAV that others can read', () => {
  const left = Float32Array.of(0, 1, -1, 0.5, 2)
  const right = Float32Array.of(0, 1, -1, -0.5, 2)
  const wav = new wavefile.WaveFile(new Uint8Array(wavOf([left, right], 24_000)))
  expect(wav.fmt).toMatchObject({ audioFormat: 1, numChannels: 1, sampleRate: 24_000, bitsPerSample: 16 })
  expect([...wav.getSamples(true, Int16Array)]).toEqual([0, 32_767, -32_767, 0, 32_767])
})
