import { describe, expect, it } from 'vitest'
import { rms } from './pcm.js'
import { readClip } from '../../test/media/encode-audio.js'
import { TimeStretch } from './time-stretch.js'

const RATE = 16_000

function stretched(samples: Float32Array, tempo: number, pieceLength: number): Float32Array {
  const stretch = new TimeStretch(RATE, tempo)
  const pieces: Float32Array[] = []
  for (let at = 0; at < samples.length; at += pieceLength) {
    pieces.push(stretch.process(samples.subarray(at, at + pieceLength)))
  }
  pieces.push(stretch.flush())
  return Float32Array.from(pieces.flatMap((piece) => [...piece]))
}

function tone(hertz: number, seconds: number): Float32Array {
  return Float32Array.from(
    { length: seconds * RATE },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / RATE),
  )
}

/** Hz by counting the rises through zero. */
function pitchOf(samples: Float32Array): number {
  let rises = 0
  for (let n = 1; n < samples.length; n++) if (samples[n - 1]! < 0 && samples[n]! >= 0) rises++
  return (rises * RATE) / samples.length
}

describe('TimeStretch', () => {
  it.each([0.5, 0.8, 1.25, 2, 4])('changes the length by a tempo of %d and leaves the pitch', (tempo) => {
    const output = stretched(tone(200, 2), tempo, 1600)
    expect(output.length).toBe(Math.round((2 * RATE) / tempo))
    const middle = output.subarray(0, output.length - RATE / 20)
    expect(Math.abs(pitchOf(middle) - 200)).toBeLessThan(4)
    expect(rms(middle)).toBeCloseTo(rms(tone(200, 2)), 1)
    // No clicks: a sine of this pitch rises by no more than that from one sample to the next.
    const steps = middle.subarray(1).map((sample, n) => Math.abs(sample - middle[n]!))
    expect(Math.max(...steps)).toBeLessThan(0.06)
  })

  it('gives the same sound however it is cut', async () => {
    const clip = await readClip('speech-en-3s')
    const whole = stretched(clip, 1.7, clip.length)
    expect(stretched(clip, 1.7, 997)).toEqual(whole)
    expect(rms(whole) / rms(clip)).toBeCloseTo(1, 1)
  })

  it.each([0, 1, 300])('ends a sound of %d samples', (length) => {
    expect(stretched(new Float32Array(length).fill(0.1), 2, 1000).length).toBe(Math.round(length / 2))
  })
})
