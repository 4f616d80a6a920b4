import { beforeAll, describe, expect, it } from 'vitest'
import { readClip } from '../../../test/media/encode-audio.js'
import { hum, levelOf, mixed, music, roomNoise, voiceRatio } from './fixtures/mixtures.js'
import { VoiceFilter } from './voice-filter.js'

let voice: Float32Array
beforeAll(async () => {
  voice = await readClip('speech-en-7s')
})

function filtered(samples: Float32Array, piece = 16_000): Float32Array {
  const filter = new VoiceFilter()
  const output: number[] = []
  for (let at = 0; at < samples.length; at += piece)
    output.push(...filter.process(samples.subarray(at, at + piece)))
  for (const rest of filter.flush()) output.push(...rest)
  return Float32Array.from(output)
}

describe('VoiceFilter', () => {
  it.each([
    { name: 'music', background: music, decibels: 0, least: 2 },
    { name: 'the noise of a room', background: roomNoise, decibels: 0, least: 3 },
    { name: 'the noise of a room', background: roomNoise, decibels: 10, least: 2 },
    { name: 'hum', background: hum, decibels: 0, least: 8 },
  ])('brings a voice out of $name that is $decibels dB below it', ({ background, decibels, least }) => {
    const mixture = mixed(voice, background(voice.length), decibels)
    const gained = voiceRatio(voice, filtered(mixture)) - voiceRatio(voice, mixture)
    expect(gained).toBeGreaterThan(least)
  })

  it('hardly changes a voice that is alone', () => {
    expect(voiceRatio(voice, filtered(voice))).toBeGreaterThan(16)
  })

  it('gives the same whatever the pieces', () => {
    const clip = voice.subarray(0, 48_000)
    expect(filtered(clip, 777)).toEqual(filtered(clip, 48_000))
  })

  it('keeps silence silent, and what is shorter than a window as long as it is', () => {
    expect(filtered(new Float32Array(32_000))).toEqual(new Float32Array(32_000))
    for (const length of [0, 1, 1600]) {
      const output = filtered(voice.slice(16_000, 16_000 + length))
      expect(output.length).toBe(length)
      expect(output.every(Number.isFinite)).toBe(true)
    }
    expect(levelOf(filtered(voice.slice(16_000, 17_600)))).toBeGreaterThan(0.001)
  })

  it('takes sound that is clipped all the way', () => {
    const clipped = voice.map((sample) => Math.max(-1, Math.min(1, 1000 * sample)))
    const output = filtered(clipped)
    expect(output.every((sample) => Math.abs(sample) < 3)).toBe(true)
    expect(levelOf(output)).toBeGreaterThan(0.1)
  })
})
