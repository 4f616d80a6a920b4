import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readClip } from '../../../test/media/encode-audio.js'
import { CancelledError } from '../../errors.js'
import { ModelRegistry } from '../../runtime/registry.js'
import { separationModel } from './model.js'
import type program from './program.js'
import { VoiceFilter } from './voice-filter.js'
import { voiceSeparation, type VoiceSeparation } from './voice-separation.js'

const registry = new ModelRegistry({ device: { kind: 'cpu' } })
let separation: VoiceSeparation
let clip: Float32Array
beforeAll(async () => {
  separation = voiceSeparation(await registry.load<typeof program>(separationModel()))
  clip = await readClip('speech-en-3s')
})
afterAll(() => registry.shutdown())

async function* seconds(samples: Float32Array): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += 16_000) {
    yield await Promise.resolve(samples.slice(at, at + 16_000))
  }
}

async function joined(chunks: AsyncIterable<Float32Array>): Promise<number[]> {
  const output: number[] = []
  for await (const chunk of chunks) output.push(...chunk)
  return output
}

describe('voiceSeparation', () => {
  it('gives from its worker what the filter gives, to several at once', async () => {
    const filter = new VoiceFilter()
    const expected = [...filter.process(clip)]
    for (const rest of filter.flush()) expected.push(...rest)
    const { signal } = new AbortController()
    const runs = [1, 2].map(() => joined(separation.separate(seconds(clip), signal)))
    for (const output of await Promise.all(runs)) expect(output).toEqual(expected)
  })

  it('stops when it is cancelled, stops reading, and serves the next', async () => {
    const stopping = new AbortController()
    let read = 0
    let isClosed = false
    async function* endless(): AsyncGenerator<Float32Array> {
      try {
        for (;;) {
          if (++read === 12) stopping.abort()
          yield await Promise.resolve(new Float32Array(16_000).fill(0.1))
        }
      } finally {
        isClosed = true
      }
    }
    await expect(joined(separation.separate(endless(), stopping.signal))).rejects.toThrow(CancelledError)
    expect(isClosed).toBe(true)
    expect(read).toBeLessThanOrEqual(13)
    const { signal } = new AbortController()
    expect((await joined(separation.separate(seconds(clip), signal))).length).toBe(clip.length)
  })

  it('passes on what is wrong with the sound', async () => {
    const broken = new Error('The file broke off.')
    async function* breaking(): AsyncGenerator<Float32Array> {
      yield clip.slice(0, 16_000)
      await Promise.resolve()
      throw broken
    }
    const { signal } = new AbortController()
    await expect(joined(separation.separate(breaking(), signal))).rejects.toBe(broken)
  })
})
