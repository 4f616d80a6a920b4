import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sound } from '../../test/golden/kernels/noise.js'
import { WhisperMel, WHISPER_BANDS, WHISPER_FRAMES, WHISPER_SAMPLES } from './whisper-mel.js'

const GOLDEN = new URL('../../test/golden/kernels/', import.meta.url)

interface Reference {
  readonly samples: Float32Array
  readonly frames: readonly number[]
  /** [frames, bands] */
  readonly values: Float32Array
}

/** What transformers' feature extractor makes of a few sounds; see make_mel.py. */
function references(): Reference[] {
  const lines = readFileSync(new URL('mel.tsv', GOLDEN), 'utf8').trimEnd().split('\n').slice(1)
  const values = new Float32Array(readFileSync(new URL('mel.bin', GOLDEN)).buffer.slice(0))
  let taken = 0
  return lines.map((line) => {
    const [length, level, seed, list] = line.split('\t') as [string, string, string, string]
    const frames = list.split(',').map(Number)
    const start = taken
    taken += frames.length * WHISPER_BANDS
    const samples = sound(Number(length), Number(level), Number(seed))
    return { samples, frames, values: values.subarray(start, taken) }
  })
}

function melOf(samples: Float32Array): Float32Array {
  const mel = new WhisperMel()
  mel.append(samples)
  return mel.read()
}

/** Index of the first value that differs, −1 when none does; an assertion over 240 000 values takes a second. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  return a.findIndex((value, i) => value !== b[i])
}

describe('WhisperMel', () => {
  it('equals the feature extractor of transformers within 0.0001, from nothing to 30 s', () => {
    const all = references()
    expect(all).toHaveLength(6)
    for (const { samples, frames, values } of all) {
      const mel = melOf(samples)
      let worst = { error: 0, frame: -1, band: -1 }
      for (let i = 0; i < values.length; i++) {
        const [frame, band] = [frames[Math.floor(i / WHISPER_BANDS)]!, i % WHISPER_BANDS]
        const error = Math.abs(mel[band * WHISPER_FRAMES + frame]! - values[i]!)
        if (!(error <= worst.error)) worst = { error, frame, band }
      }
      expect(worst.error, `${samples.length} samples: frame ${worst.frame}, band ${worst.band}`).toBeLessThan(
        1e-4,
      )
    }
  })

  it('gives the same however the sound was cut, and whenever it was read', () => {
    const samples = sound(20_117, 0.7, 9)
    const mel = new WhisperMel()
    for (let at = 0, i = 0; at < samples.length; i++) {
      const size = [1, 199, 160, 3, 41, 2500][i % 6]!
      mel.append(samples.subarray(at, at + size))
      at += size
      if (i % 4 === 0) expect(firstDifference(mel.read(), melOf(samples.subarray(0, at)))).toBe(-1)
    }
    expect(mel.length).toBe(samples.length)
    expect(firstDifference(mel.read(), melOf(samples))).toBe(-1)
  })

  it.each([9000, WHISPER_SAMPLES])(
    'moves along the sound: %i samples of which the first are discarded',
    (length) => {
      const samples = sound(length, 0.7, 10)
      const mel = new WhisperMel()
      mel.append(samples)
      let discarded = 0
      for (const hops of [0, 1, 17, 30, 7]) {
        mel.discard(hops)
        discarded += hops * 160
        expect(firstDifference(mel.read(), melOf(samples.subarray(discarded)))).toBe(-1)
      }
      const more = sound(discarded, 0.9, 11)
      mel.append(more)
      const rest = new Float32Array(length)
      rest.set(samples.subarray(discarded))
      rest.set(more, length - discarded)
      expect(firstDifference(mel.read(), melOf(rest))).toBe(-1)
    },
  )

  it('forgets a loud beginning: silence afterwards is measured by itself', () => {
    const mel = new WhisperMel()
    mel.append(sound(1600, 1, 1))
    mel.append(sound(3200, 0.01, 2))
    mel.discard(10)
    expect(firstDifference(mel.read(), melOf(sound(3200, 0.01, 2)))).toBe(-1)
    mel.clear()
    expect(mel.length).toBe(0)
    expect(firstDifference(mel.read(), new Float32Array(WHISPER_BANDS * WHISPER_FRAMES).fill(-1.5))).toBe(-1)
  })

  it('refuses more than 30 s, and to forget more than it holds', () => {
    const mel = new WhisperMel()
    mel.append(new Float32Array(1000))
    expect(() => mel.append(new Float32Array(479_001))).toThrow(
      'Expected at most 480000 samples in all, got 479001 more than the 1000 that are held',
    )
    expect(mel.length).toBe(1000)
    expect(() => mel.discard(7)).toThrow('Expected a whole number of hops from 0 to 6, got 7')
    expect(() => mel.discard(0.5)).toThrow('from 0 to 6, got 0.5')
  })
})
