import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readClip } from '../../../../test/media/encode-audio.js'
import { CancelledError, InputError } from '../../../errors.js'
import { encodeWav } from '../../../media/wav.js'
import { ModelRegistry } from '../../../runtime/registry.js'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { referenceModel, type ReferenceEngine } from './reference-model.js'
import type program from './reference-program.js'
import { recordedStyle } from './reference-recording.js'
import { referenceStyle } from './reference-style.js'

const registry = new ModelRegistry({ device: { kind: 'cpu' } })
const speech = fileURLToPath(new URL('../../../../test/media/speech-en-7s.wav', import.meta.url))
let engine: ReferenceEngine
let folder: string
beforeAll(async () => {
  engine = await registry.load<typeof program>(referenceModel())
  folder = await mkdtemp(join(tmpdir(), 'phiz-reference-'))
})
afterAll(async () => {
  await registry.shutdown()
  await rm(folder, { recursive: true })
})

async function recording(samples: Float32Array): Promise<string> {
  const path = join(folder, `${samples.length}.wav`)
  await writeFile(path, encodeWav(samples, 16_000))
  return path
}

describe('recordedStyle', () => {
  const { signal } = new AbortController()

  it('gives from its worker what is measured here, to several at once', async () => {
    const expected = referenceStyle(await readClip('speech-en-7s'), 16_000)
    expect(await Promise.all([1, 2].map(() => recordedStyle(engine, speech, signal)))).toEqual([
      expected,
      expected,
    ])
  })

  it('reads 15 s of a long recording', async () => {
    const clip = await readClip('speech-en-7s')
    const long = new Float32Array(20 * 16_000)
    for (let at = 0; at + clip.length <= long.length; at += clip.length) long.set(clip, at)
    const style = await recordedStyle(engine, await recording(long), signal)
    const heard = referenceStyle(long.subarray(0, 15 * 16_000), 16_000)
    expect(style.pitch).toBeCloseTo(heard.pitch!, 2)
    expect(style.rate).toBeCloseTo(heard.rate!, 2)
  })

  it('says that there is no voice, as an error of the input', async () => {
    const silence = await recording(new Float32Array(16_000))
    const refused = recordedStyle(engine, silence, signal)
    await expect(refused).rejects.toThrow(InputError)
    await expect(refused).rejects.toThrow(/0\.00 s of voice/)
  })

  it('stops when it is cancelled', async () => {
    const stopping = new AbortController()
    const stopped = recordedStyle(engine, speech, stopping.signal)
    stopping.abort()
    await expect(stopped).rejects.toThrow(CancelledError)
  })
})
