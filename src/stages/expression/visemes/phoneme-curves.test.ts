import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Phoneme } from '../../../pipeline/packet.js'
import { parseVisemeTable } from './contract.js'
import { PHONEME_CURVE_RATE, PHONEME_LOOKAHEAD, PhonemeCurves } from './phoneme-curves.js'
import { PhonemeLookup, type PhonemeAlphabet } from './phoneme-lookup.js'

interface Golden {
  readonly lookup: readonly (readonly [PhonemeAlphabet | 'arpa', string, readonly string[]])[]
}

function modelFile(name: string): unknown {
  return JSON.parse(
    readFileSync(new URL(`../../../../models/visemes/${name}`, import.meta.url), 'utf8'),
  ) as unknown
}

const table = parseVisemeTable(modelFile('visemes.json'))
const golden = modelFile('golden.json') as Golden
const lookup = new PhonemeLookup(table, 'ipa')
const width = table.channels.length
const at = (channel: string): number => table.channels.indexOf(channel)

/** "a pub map, five shoes": symbols with their lengths in milliseconds. */
const SENTENCE: readonly (readonly [string, number])[] = [
  ['', 100],
  ['ə', 60],
  ['p', 90],
  ['ʌ', 120],
  ['b', 70],
  ['m', 80],
  ['æ', 160],
  ['p', 90],
  ['', 120],
  ['f', 90],
  ['aɪ', 180],
  ['v', 60],
  ['ʃ', 110],
  ['uː', 220],
  ['z', 100],
  ['', 150],
]

function phonemesOf(sentence: typeof SENTENCE): Phoneme[] {
  let time = 0
  return sentence.map(([symbol, milliseconds]) => {
    const phoneme = { symbol, timestamp: time, duration: milliseconds * 1000 }
    time += phoneme.duration
    return phoneme
  })
}

function endOf(phonemes: readonly Phoneme[]): number {
  const last = phonemes.at(-1)!
  return (last.timestamp + last.duration) / 1e6
}

/** All rows, each asked for as soon as it may be, with phonemes arriving in packets of the given length in seconds. */
function curvesOf(phonemes: readonly Phoneme[], packet: number): Float32Array[] {
  const curves = new PhonemeCurves(table, lookup)
  const rows: Float32Array[] = []
  const end = endOf(phonemes)
  let given = 0
  for (let heard = packet; given < phonemes.length || heard - packet < end; heard += packet) {
    const arrived = phonemes.filter(({ timestamp }, i) => i >= given && timestamp / 1e6 < heard)
    curves.add(arrived)
    given += arrived.length
    const until = heard >= end ? end + 0.3 : heard - PHONEME_LOOKAHEAD
    while ((rows.length + 0.5) / PHONEME_CURVE_RATE <= until) {
      const row = new Float32Array(width)
      curves.write(rows.length, row)
      rows.push(row)
    }
  }
  return rows
}

/** The model of visemes.json as its text describes it: every phoneme known from the start, no rest beside `sil`. */
function describedCurve(phonemes: readonly Phoneme[], time: number): number[] {
  const { flat, power, minHalfWidth, closureHold, closureFade, seal: sealing } = table.model
  const sum = table.channels.map(() => 0)
  const kept = table.channels.map(() => 1)
  let total = table.model.epsilon
  let seal = 0
  for (const { symbol, timestamp, duration } of phonemes) {
    const visemes = lookup.visemesOf(symbol)
    const step = duration / 1e6 / visemes.length
    for (const [i, name] of visemes.entries()) {
      const { dominance, weights, closure } = table.visemes[name]!
      const distance = Math.abs(time - (timestamp / 1e6 + (i + 0.5) * step))
      const d =
        dominance * Math.exp(-(Math.max(0, distance / Math.max(minHalfWidth, step / 2) - flat) ** power))
      const held = Math.exp(-((Math.max(0, distance - closureHold * (duration / 1e6)) / closureFade) ** 2))
      total += d
      for (const [c, channel] of table.channels.entries()) {
        sum[c]! += d * (weights[channel] ?? 0)
        kept[c] = Math.min(kept[c]!, 1 - held * (closure?.[channel] ?? 0))
      }
      if (sealing.includes(name)) seal = Math.max(seal, held)
    }
  }
  const row = sum.map((value, c) => (value / total) * kept[c]!)
  row[at('mouthClose')] = Math.max(row[at('mouthClose')]!, seal * row[at('jawOpen')]!)
  return row
}

describe('PhonemeLookup', () => {
  it('reads the symbols of every alphabet as the training does', () => {
    for (const [alphabet, symbol, visemes] of golden.lookup) {
      // ARPA is the training's affair: voices speak to the stage in the other alphabets.
      if (alphabet === 'arpa') continue
      expect(new PhonemeLookup(table, alphabet).visemesOf(symbol), `${alphabet} ${symbol}`).toEqual(visemes)
    }
  })

  it.each([
    ['m', ['M']],
    ['tʃ', ['SH']],
    ['', ['sil']],
    ['_:', ['sil']],
    [',', ['sil']],
    ['(en)', ['sil']],
    ['ˈ', []],
  ])('reads %j as %j, each time', (symbol, visemes) => {
    expect(lookup.visemesOf(symbol)).toEqual(visemes)
    expect(lookup.visemesOf(symbol)).toEqual(visemes)
  })

  it('lays the symbols of a voice over IPA', () => {
    expect(new PhonemeLookup(table, 'espeak').visemesOf('I')).toEqual(['IH'])
    expect(new PhonemeLookup(table, 'misaki').visemesOf('I')).toEqual(['AA', 'IY'])
    expect(new PhonemeLookup(table, 'misaki').visemesOf('ð')).toEqual(['TH'])
  })
})

describe('PhonemeCurves', () => {
  const phonemes = phonemesOf(SENTENCE)
  const rows = curvesOf(phonemes, 0.1)
  const rowAt = (seconds: number): Float32Array => rows[Math.round(seconds * PHONEME_CURVE_RATE - 0.5)]!

  it('draws the curves that the network learnt, but for what is not known yet', () => {
    let worst = 0
    let sum = 0
    for (let k = 0; k < endOf(phonemes) * PHONEME_CURVE_RATE; k++) {
      for (const [c, expected] of describedCurve(phonemes, (k + 0.5) / PHONEME_CURVE_RATE).entries()) {
        const difference = Math.abs(rows[k]![c]! - expected)
        worst = Math.max(worst, difference)
        sum += difference
      }
    }
    expect(worst).toBeLessThan(0.08)
    expect(sum / rows.length / width).toBeLessThan(0.004)
  })

  it.each([0.02, 0.04, 0.1, 0.37, 5])('draws the same when phonemes come in packets of %f s', (packet) => {
    const others = curvesOf(phonemes, packet)
    for (let k = 0; k < endOf(phonemes) * PHONEME_CURVE_RATE; k++) {
      for (let c = 0; c < width; c++) expect(others[k]![c]).toBeCloseTo(rows[k]![c]!, 12)
    }
  })

  it('closes the lips at every m, b and p and opens them between', () => {
    for (const { symbol, timestamp, duration } of phonemes) {
      const row = rowAt((timestamp + duration / 2) / 1e6)
      if (!['m', 'b', 'p'].includes(symbol)) continue
      expect(row[at('jawOpen')]! - row[at('mouthClose')]!).toBeLessThan(0.005)
      expect(row[at('mouthPress')]).toBeGreaterThan(0.28)
      expect(row[at('mouthLowerDown')]).toBeLessThan(0.03)
    }
    expect(rowAt(0.31)[at('jawOpen')]).toBeGreaterThan(0.2) // ʌ of "pub"
    expect(rowAt(0.6)[at('jawOpen')]).toBeGreaterThan(0.35) // æ of "map"
  })

  it('rounds on uː, bites on f, and is wide on z', () => {
    expect(rowAt(1.44)[at('mouthPucker')]).toBeGreaterThan(0.6)
    expect(rowAt(0.935)[at('mouthRollLower')]).toBeGreaterThan(0.35)
    expect(rowAt(1.6)[at('mouthStretch')]).toBeGreaterThan(0.15)
  })

  it('prepares a sound before it starts, by no more than the look-ahead', () => {
    const alone = curvesOf(
      phonemesOf([
        ['', 500],
        ['ɑ', 200],
        ['', 300],
      ]),
      0.1,
    )
    const opening = alone.findIndex((row) => row[at('jawOpen')]! > 0.001) / PHONEME_CURVE_RATE
    expect(opening).toBeLessThan(0.5)
    expect(opening).toBeGreaterThanOrEqual(0.5 - PHONEME_LOOKAHEAD)
  })

  it('rests in silence, at the start and after the last sound, even if the voice marks no pause', () => {
    const unmarked = [{ symbol: 'ɑ', timestamp: 300_000, duration: 150_000 }]
    const silent = curvesOf(unmarked, 0.1)
    for (const [k, row] of silent.entries()) {
      const time = (k + 0.5) / PHONEME_CURVE_RATE
      if (time < 0.22 || time > 0.7) expect(Math.max(...row)).toBeLessThan(0.01)
    }
    expect(Math.max(...rows[0]!)).toBe(0)
  })

  it('never jumps: no channel moves by more than 0.12 in 10 ms', () => {
    for (let k = 1; k < rows.length; k++) {
      for (let c = 0; c < width; c++) expect(Math.abs(rows[k]![c]! - rows[k - 1]![c]!)).toBeLessThan(0.12)
    }
  })

  it('forgets phonemes that are over', () => {
    const curves = new PhonemeCurves(table, lookup)
    const row = new Float32Array(width)
    for (let i = 0; i < 1000; i++) {
      curves.add([{ symbol: 'a', timestamp: i * 100_000, duration: 100_000 }])
      curves.write(i * 10, row)
    }
    expect(curves.held).toBeLessThan(10)
  })
})
