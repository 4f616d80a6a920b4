import { describe, expect, it } from 'vitest'
import { phonemeTimes } from './phoneme-times.js'
import { HOP } from './spectra.js'

const inFrames = (times: ReturnType<typeof phonemeTimes>): [string, number, number][] =>
  times.map(({ symbol, start, length }) => [symbol, start / HOP, length / HOP])

describe('phonemeTimes', () => {
  it('gives stress marks to what follows, length marks to what comes before, short spaces to both sides, as IPA', () => {
    //                     ends   ˈ  ʧ  ɑː   _  ð  ˈ  A  .   end
    const durations = [20, 2, 6, 8, 2, 4, 4, 2, 10, 12, 4]
    const range = { from: 15, to: 60 }
    expect(inFrames(phonemeTimes('ˈʧɑː ðˈA.', durations, range, 0))).toEqual([
      ['', 0, 5],
      ['tʃ', 5, 8],
      ['ɑ', 13, 12],
      ['ð', 25, 6],
      ['eɪ', 31, 12],
      ['', 43, 2],
    ])
  })

  it('moves all by the lead, and covers the range without a gap', () => {
    const durations = [20, 4, 4, 10, 4, 8, 30]
    const times = inFrames(phonemeTimes('mæ, t', durations.slice(0, 7), { from: 12, to: 70 }, 5))
    expect(times).toEqual([
      ['', 0, 3],
      ['m', 3, 4],
      ['æ', 7, 4],
      ['', 11, 14],
      ['t', 25, 8],
      ['', 33, 25],
    ])
  })

  it('drops what lies outside the range', () => {
    expect(inFrames(phonemeTimes('mat', [10, 5, 5, 5, 10], { from: 12, to: 18 }, 0))).toEqual([
      ['m', 0, 3],
      ['a', 3, 3],
    ])
    expect(phonemeTimes('m', [10, 5, 10], { from: 0, to: 0 }, 0)).toEqual([])
  })
})
