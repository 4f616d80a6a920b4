import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { floats, readGolden, type GoldenTensor } from '../../../../test/golden/read-golden.js'
import { floatsToHalves } from '../../../dsp/half-float.js'
import { WHISPER_FRAMES, WhisperMel } from '../../../dsp/whisper-mel.js'
import { createInlineEngine } from '../../../runtime/inline-engine.js'
import { createOrtSession } from '../../../runtime/ort.js'
import { publishedWindow } from './audio-window.js'
import { FACE_BYTES, FACE_SIZE, TOKENS_PER_FRAME } from './contract.js'
import earsProgram from './ears/program.js'
import { WhisperEncoder } from './ears/whisper-encoder.js'
import faceProgram, { type DrawnFaces } from './face/program.js'
import { GOLDEN, tinyMusetalk } from './fixtures/tiny-musetalk.js'
import { musetalkModels } from './model.js'
import { positionalEncoding } from './positional-encoding.js'

/** Every step from sound to faces against what the original's parts make of it: see models/musetalk/golden.py. */

const { signal } = new AbortController()
const exported = tinyMusetalk()
const { ears, face } = musetalkModels(exported, {
  device: { kind: 'cpu' },
  maxBatch: 4,
  threads: 1,
  workers: 1,
})
const width = ears.config.width

let golden: Record<string, GoldenTensor>
let sound: Float32Array

beforeAll(() => {
  golden = readGolden(GOLDEN)
  const bytes = golden['samples']!.data as Uint8Array
  sound = Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32_768)
})

function furthest(values: Float32Array, expected: Float32Array): number {
  expect(values).toHaveLength(expected.length)
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
}

describe('what MuseTalk hears, step by step', () => {
  it('log-mel', () => {
    const mel = new WhisperMel()
    mel.append(sound)
    const all = mel.read()
    const frames = golden['mel']!.shape[1]!
    const kept = Float32Array.from({ length: 80 * frames }, (_, i) => {
      return all[Math.floor(i / frames) * WHISPER_FRAMES + (i % frames)]!
    })
    expect(furthest(kept, floats(golden, 'mel'))).toBeLessThan(1e-4)
  })

  it('states of the encoder', async () => {
    const path = join(exported.folder, ears.config.file)
    const encoder = new WhisperEncoder(await createOrtSession(path, { kind: 'cpu' }), width)
    const mel = new WhisperMel()
    mel.append(sound)
    const expected = floats(golden, 'states')
    const states = await encoder.encode(mel)
    expect(furthest(states.subarray(0, expected.length), expected)).toBeLessThan(1e-4)
  })

  it.each([25, 30, 24, 20, 15])('rows of every frame at %i fps', (fps) => {
    const { data, shape } = golden[`rows_${fps}`]!
    const rows = Math.floor((sound.length / 16_000) * 50)
    const table = Array.from({ length: shape[0]! * 10 }, (_, i) => {
      const row = publishedWindow(fps)(Math.floor(i / 10)) + (i % 10)
      return row >= 0 && row < rows ? row : -1
    })
    expect(table).toEqual([...data])
  })

  it('positional encoding', () => {
    expect(furthest(positionalEncoding(width), floats(golden, 'positions'))).toBeLessThan(1e-5)
  })

  it('tokens, as the ears give them', async () => {
    const engine = await createInlineEngine(earsProgram, { ...ears })
    const session = await engine.open({ sampleRate: 16_000, fps: 25, mode: 'reference' }, { signal })
    const given: Float32Array[] = []
    const values = TOKENS_PER_FRAME * width
    const take = async (items: ReturnType<typeof session.flush>): Promise<void> => {
      for await (const { tokens, first } of items) {
        for (let at = 0; at < tokens.length; at += values)
          given[first + at / values] = tokens.slice(at, at + values)
      }
    }
    for (let at = 0; at < sound.length; at += 5000) await take(session.process(sound.slice(at, at + 5000)))
    await take(session.flush())
    await engine.dispose()
    // One less than the sound has: the original never shows the last frame.
    expect(given).toHaveLength(59)
    const expected = floats(golden, 'tokens')
    const shown = [...golden['token_frames']!.data].filter((frame) => frame < given.length)
    expect(shown).toHaveLength(6)
    for (const [k, frame] of shown.entries()) {
      expect(furthest(given[frame]!, expected.subarray(k * values, (k + 1) * values))).toBeLessThan(1e-4)
    }
  })
})

describe('what MuseTalk draws', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-golden-'))
    const halves = floatsToHalves(floats(golden, 'latents'))
    await writeFile(join(folder, 'latents.f16'), new Uint8Array(halves.buffer))
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('faces within half a level', async () => {
    const engine = await createInlineEngine(faceProgram, { ...face })
    const session = await engine.open(null, { signal })
    const values = TOKENS_PER_FRAME * width
    const tokens = floats(golden, 'tokens')
    const orders = Array.from({ length: 4 }, (_, k) => ({
      latents: join(folder, 'latents.f16'),
      index: 0,
      tokens: tokens.slice(k * values, (k + 1) * values),
    }))
    let faces: DrawnFaces = []
    for await (const drawn of session.process({ orders, size: 4 })) faces = drawn
    await engine.dispose()
    expect(faces).toHaveLength(4)
    expect(meanDifference(faces[0]!, golden['face_0']!.data)).toBeLessThan(0.5)
    const fourths = golden['faces_every_4th']!.data
    for (const [k, drawn] of faces.entries()) {
      const part = fourths.slice((k * FACE_BYTES) / 16, ((k + 1) * FACE_BYTES) / 16)
      expect(meanDifference(everyFourth(drawn!), part)).toBeLessThan(0.5)
    }
  })
})

function everyFourth(rgb: Uint8Array): Uint8Array {
  const size = FACE_SIZE / 4
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3)
    const [x, y] = [(pixel % size) * 4, Math.floor(pixel / size) * 4]
    return rgb[(y * FACE_SIZE + x) * 3 + (i % 3)]!
  })
}

function meanDifference(picture: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(picture).toHaveLength(expected.length)
  let sum = 0
  for (let i = 0; i < picture.length; i++) sum += Math.abs(picture[i]! - expected[i]!)
  return sum / picture.length
}
