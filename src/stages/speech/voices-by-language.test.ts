import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../../errors.js'
import type { EngineSession } from '../../runtime/engine.js'
import { prosodyOf } from './prosody.js'
import type { ClauseInput, SpeechPiece } from './spoken.js'
import { isEnglish, voicesByLanguage, type SharedVoice } from './voices-by-language.js'

const options = { signal: new AbortController().signal }

/** A voice that hums a tone for half a second, in pieces of 100 ms, with a phoneme every 50 ms. */
function hum(frequency: number, sampleRate: number, log: string[], knowsPhonemes = true): SharedVoice {
  return {
    sampleRate,
    knowsPhonemes,
    open: () => {
      log.push(`open ${frequency}`)
      const session: EngineSession<ClauseInput, SpeechPiece> = {
        async *process({ text }) {
          log.push(`${frequency}: ${text}`)
          const length = sampleRate / 10
          for (let piece = 0; piece < 5; piece++) {
            const samples = Float32Array.from({ length }, (_, n) =>
              Math.sin((2 * Math.PI * frequency * (piece * length + n)) / sampleRate),
            )
            const phonemes = [0, length / 2].map((start) => ({ symbol: 'm', start, length: length / 2 }))
            yield knowsPhonemes ? { samples, phonemes } : { samples }
          }
        },
        async *flush() {
          // nothing is left
        },
        close: () => {
          log.push(`close ${frequency}`)
          return Promise.resolve()
        },
      }
      return Promise.resolve(session)
    },
  }
}

async function speak(
  session: EngineSession<ClauseInput, SpeechPiece>,
  text: string,
  language?: string,
): Promise<SpeechPiece[]> {
  const pieces: SpeechPiece[] = []
  const input = { text, prosody: prosodyOf({}), ...(language === undefined ? {} : { language }) }
  for await (const piece of session.process(input)) pieces.push(piece)
  return pieces
}

/** Upward crossings of zero in a second. */
function frequencyOf(pieces: readonly SpeechPiece[], sampleRate: number): number {
  const samples = pieces.flatMap((piece) => [...piece.samples])
  const middle = samples.slice(1000, -1000)
  let crossings = 0
  for (let n = 1; n < middle.length; n++) if (middle[n - 1]! < 0 && middle[n]! >= 0) crossings++
  return (crossings * sampleRate) / middle.length
}

describe('voices by language', () => {
  it.each([
    ['Hello there.', undefined, true],
    ['你好。', undefined, false],
    ['I like 北京 a lot.', undefined, false],
    ['我用 iPhone 打电话。', undefined, false],
    ['Привет.', undefined, false],
    ['123', undefined, true],
    ['123', 'zh', false],
    ['Café, naïve', undefined, true],
  ])('%s (%s) is English: %s', (text, language, expected) => {
    expect(isEnglish(text, language)).toBe(expected)
  })

  it('gives each clause to its voice, all at one rate, without losing or adding time', async () => {
    const log: string[] = []
    const session = await voicesByLanguage(hum(440, 24_000, log), hum(300, 22_050, log)).open(options)
    const english = await speak(session, 'Hello.')
    const chinese = await speak(session, '你好。')
    const again = await speak(session, '再见。')
    await session.close()
    expect(log).toEqual([
      'open 440',
      '440: Hello.',
      'open 300',
      '300: 你好。',
      '300: 再见。',
      'close 440',
      'close 300',
    ])
    for (const pieces of [english, chinese, again]) {
      expect(pieces.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(12_000)
    }
    expect(frequencyOf(english, 24_000)).toBeCloseTo(440, -1)
    expect(frequencyOf(chinese, 24_000)).toBeCloseTo(300, -1)
    expect(again).toEqual(chinese)
  })

  it('keeps every phoneme at its time when the rate changes', async () => {
    const session = await voicesByLanguage(hum(440, 24_000, []), hum(300, 22_050, [])).open(options)
    const pieces = await speak(session, '你好。')
    const starts: number[] = []
    let position = 0
    for (const { samples, phonemes } of pieces) {
      for (const { start, length } of phonemes ?? []) {
        expect(start).toBeGreaterThanOrEqual(0)
        expect(start).toBeLessThan(samples.length)
        expect(length).toBe(1200)
        starts.push(position + start)
      }
      position += samples.length
    }
    expect(starts).toEqual(Array.from({ length: 10 }, (_, k) => k * 1200))
    await session.close()
  })

  it('leaves phonemes out throughout when one voice does not know them', async () => {
    const both = voicesByLanguage(hum(440, 24_000, [], false), hum(300, 22_050, []))
    expect(both.knowsPhonemes).toBe(false)
    const session = await both.open(options)
    for (const text of ['Hello.', '你好。']) {
      for (const piece of await speak(session, text)) expect(piece.phonemes).toBeUndefined()
    }
    await session.close()
  })

  it('speaks English without the other voice, and says what is missing where it is needed', async () => {
    const missing = new UnavailableError('Mandarin needs a package that is not installed.')
    const session = await voicesByLanguage(hum(440, 24_000, []), missing).open(options)
    expect(await speak(session, 'Hello.')).toHaveLength(5)
    await expect(speak(session, '你好。')).rejects.toThrow(missing)
    expect(await speak(session, 'Hello again.')).toHaveLength(5)
    await session.close()
  })
})
