import { describe, expect, it } from 'vitest'
import { LONGEST_PIECE, SoundCutter, type SoundPiece } from './sound-cutter.js'

/** Noise that is never quite silent, without a random number. */
function noise(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.4 * Math.sin(i * i * 0.001) + 0.1)
}

function cut(samples: Float32Array, rate: number, fps: number, packet: number): SoundPiece[] {
  const cutter = new SoundCutter(rate, fps)
  const pieces: SoundPiece[] = []
  for (let at = 0; at < samples.length; at += packet)
    pieces.push(...cutter.push(samples.subarray(at, at + packet)))
  return [...pieces, ...cutter.flush()]
}

describe('SoundCutter', () => {
  it.each([
    [16_000, 25],
    [22_050, 30],
    [44_100, 29.97],
    [48_000, 60],
    [24_000, 8],
  ])('loses nothing at %d Hz and %d frames a second, and cuts between frames', (rate, fps) => {
    const samples = noise(Math.round(7.123 * rate))
    const pieces = cut(samples, rate, fps, Math.round(rate / 10))
    let position = 0
    let frame = 0
    for (const piece of pieces) {
      expect(position).toBe(Math.round((frame * rate) / fps))
      expect(piece.firstFrame).toBe(frame)
      expect(piece.samples.length).toBeLessThanOrEqual(Math.ceil(LONGEST_PIECE * rate))
      expect(piece.samples.every((sample, i) => sample === samples[position + i])).toBe(true)
      position += piece.samples.length
      frame += piece.frames
    }
    expect(position).toBe(samples.length)
    expect(frame).toBe(Math.ceil((samples.length * fps) / rate))
    expect(pieces[0]!.samples.length).toBeLessThanOrEqual(0.8 * rate)
  })

  it('gives the same pieces however the sound comes', () => {
    const samples = noise(100_000)
    expect(cut(samples, 16_000, 25, 100_000)).toEqual(cut(samples, 16_000, 25, 777))
  })

  it('cuts in the pauses', () => {
    const samples = noise(5 * 16_000)
    samples.fill(0, 0.5 * 16_000, 0.6 * 16_000)
    samples.fill(0, 1.5 * 16_000, 1.6 * 16_000)
    const ends = cut(samples, 16_000, 25, 1600).map(({ firstFrame, frames }) => (firstFrame + frames) / 25)
    expect(ends[0]).toBeGreaterThanOrEqual(0.5)
    expect(ends[0]).toBeLessThanOrEqual(0.6)
    expect(ends[1]).toBeGreaterThanOrEqual(1.5)
    expect(ends[1]).toBeLessThanOrEqual(1.6)
  })

  it('takes no sound, and a moment', () => {
    expect(cut(new Float32Array(0), 16_000, 25, 1)).toEqual([])
    expect(cut(noise(1), 16_000, 25, 1)).toMatchObject([{ firstFrame: 0, frames: 1 }])
  })
})
