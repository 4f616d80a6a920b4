import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeAudio } from '../src/media/decode.js'
import { joinSamples } from '../src/pipeline/join-samples.js'
import { createOrtSession } from '../src/runtime/ort.js'
import type { ProgramContext } from '../src/runtime/program.js'
import { AcousticModel } from '../src/stages/speech/hibari/acoustic-model.js'
import { FILES, HIBARI_SAMPLE_RATE } from '../src/stages/speech/hibari/contract.js'
import { createFrontEnd } from '../src/stages/speech/hibari/phonemes/front-end.js'
import { readFrontEndFiles } from '../src/stages/speech/hibari/phonemes/files.js'
import { BINS, HOP, type NoiseSource } from '../src/stages/speech/hibari/spectra.js'
import { UnknownWords } from '../src/stages/speech/hibari/unknown-words.js'
import { Vocoder } from '../src/stages/speech/hibari/vocoder.js'
import { hibariFolder, hibariTitle } from './hibari-folder.js'

/** Parity with the Python package: see models/hibari/reference/README.md. */

/** Of full scale: what the voice was asked to keep to. */
const TOLERANCE = 1e-3

const fixture = new URL('../src/stages/speech/hibari/fixtures/hello-there.wav', import.meta.url)
/** The folder that models/hibari/reference/parity.py has written. */
const parityFolder = process.env['PHIZ_TEST_HIBARI_PARITY']

describe.skipIf(hibariFolder === undefined)(hibariTitle('parity with the Python package'), () => {
  let context: ProgramContext
  let model: AcousticModel

  beforeAll(async () => {
    const device = { kind: 'cpu' } as const
    context = {
      folder: hibariFolder!,
      device,
      createSession: (graph) =>
        createOrtSession(typeof graph === 'string' ? join(hibariFolder!, graph) : graph, device),
    }
    model = await AcousticModel.load(context, FILES.acoustics)
  })

  async function speak(ids: readonly number[], noise: NoiseSource): Promise<Float32Array> {
    const { spectra, durations } = await model.run(ids, 1)
    const sound = new Float32Array(spectra.frames * HOP)
    let at = 0
    for (const piece of new Vocoder().render(spectra, noise)) {
      sound.set(piece, at)
      at += piece.length
    }
    expect(at).toBe(sound.length)
    if (durations !== undefined) expect(durations.reduce((a, b) => a + b)).toBe(spectra.frames)
    return sound
  }

  it('makes the same sound, but for the noise', async () => {
    const expected = joinSamples(
      await chunksOf(decodeAudio(fixture.pathname, { sampleRate: HIBARI_SAMPLE_RATE })),
    )
    const frontEnd = createFrontEnd(await readFrontEndFiles(hibariFolder!))
    const sound = await speak(frontEnd.ids('həlˈO ðˈɛɹ.'), { take: (output) => output.fill(0) })
    expect(largestDifference(sound, expected)).toBeLessThan(TOLERANCE)
  })

  it('reads unknown words as the package does', async () => {
    const words = await UnknownWords.load(context, {
      graph: FILES.unknownWords,
      symbols: FILES.unknownWordSymbols,
    })
    expect(words.recall('kowalski')).toBeUndefined()
    expect(await words.read('kowalski')).toBe('kWˈɔlski')
    expect(words.recall('kowalski')).toBe('kWˈɔlski')
    expect(await words.read('hibari')).toBe('hɪbˈɑɹɹi')
    expect(await words.read('blorbing')).toBe('blˈɔɹbɪŋ')
    expect(await words.read('你')).toBe('')
    expect((await words.read('x'.repeat(100))).length).toBeGreaterThan(0)
  })

  const without = parityFolder === undefined ? ' (skipped: PHIZ_TEST_HIBARI_PARITY is not set)' : ''
  it.skipIf(parityFolder === undefined)(`makes the same sound of the same noise${without}`, async () => {
    const list = z
      .array(z.object({ name: z.string(), ids: z.array(z.number()) }))
      .parse(JSON.parse(await readFile(join(parityFolder!, 'utterances.json'), 'utf8')))
    expect(list.length).toBeGreaterThan(0)
    for (const { name, ids } of list) {
      const expected = await floatsOf(join(parityFolder!, `${name}.sound.f32`))
      const noise = await floatsOf(join(parityFolder!, `${name}.noise.f32`))
      const sound = await speak(ids, givenNoise(noise, expected.length / HOP))
      expect(largestDifference(sound, expected)).toBeLessThan(TOLERANCE)
    }
  })
})

/** Noise of an utterance as [BINS, frames, 2]. */
function givenNoise(noise: Float32Array, frames: number): NoiseSource {
  return {
    take(output, frame, count) {
      for (let k = 0; k < BINS; k++) {
        const at = 2 * (k * frames + frame)
        output.set(noise.subarray(at, at + 2 * count), 2 * k * count)
      }
    },
  }
}

async function chunksOf(chunks: AsyncIterable<Float32Array>): Promise<Float32Array[]> {
  const all: Float32Array[] = []
  for await (const chunk of chunks) all.push(chunk.slice())
  return all
}

async function floatsOf(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer)
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length)
  let largest = 0
  for (const [n, sample] of a.entries()) largest = Math.max(largest, Math.abs(sample - b[n]!))
  return largest
}
