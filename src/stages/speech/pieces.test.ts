import { describe, expect, it } from 'vitest'
import { piecesOf } from './pieces.js'
import type { SpeechPiece } from './spoken.js'

const PIECE_SAMPLES = 2205

/** Samples that count up, with a phoneme every 1000. */
function utterance(length: number, from = 0): SpeechPiece {
  const samples = Float32Array.from({ length }, (_, index) => from + index)
  const phonemes = []
  for (let start = 0; start < length; start += 1000) {
    phonemes.push({ symbol: String(from + start), start, length: Math.min(1000, length - start) })
  }
  return { samples, phonemes }
}

describe('piecesOf', () => {
  it.each([[5000], [2205, 2205], [100, 4310, 7], [4410], [4409], [22_050, 1], [3000, 3000, 3000]])(
    'cuts utterances of %j samples into pieces of 100–200 ms without a gap',
    (...lengths) => {
      let total = 0
      const utterances = lengths.map((length) => {
        total += length
        return utterance(length, total - length)
      })
      const pieces = [...piecesOf(utterances, PIECE_SAMPLES)]
      let position = 0
      for (const { samples, phonemes = [] } of pieces) {
        expect(samples.length).toBeGreaterThanOrEqual(PIECE_SAMPLES)
        expect(samples.length).toBeLessThan(2 * PIECE_SAMPLES)
        expect(samples.byteOffset).toBe(0)
        expect(samples.buffer.byteLength).toBe(samples.byteLength)
        expect(samples[0]).toBe(position)
        for (const { symbol, start } of phonemes) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(start).toBeLessThan(samples.length)
          expect(samples[start]).toBe(Number(symbol))
        }
        position += samples.length
      }
      expect(position).toBe(total)
      expect(pieces.flatMap(({ phonemes = [] }) => phonemes)).toHaveLength(
        utterances.reduce((sum, { phonemes = [] }) => sum + phonemes.length, 0),
      )
    },
  )

  it('fills a clause that is too short up with silence', () => {
    const [piece, ...rest] = piecesOf([utterance(10, 1)], PIECE_SAMPLES)
    expect(rest).toEqual([])
    expect(piece?.samples).toHaveLength(PIECE_SAMPLES)
    expect(piece?.samples[9]).toBe(10)
    expect(piece?.samples[10]).toBe(0)
  })

  it('gives out sound before it asks for the next utterance', () => {
    let asked = 0
    function* slow(): Generator<SpeechPiece> {
      for (asked = 1; asked < 3; asked++) yield utterance(10_000)
    }
    const pieces = piecesOf(slow(), PIECE_SAMPLES)
    pieces.next()
    expect(asked).toBe(1)
    expect([...piecesOf([], PIECE_SAMPLES)]).toEqual([])
  })
})
