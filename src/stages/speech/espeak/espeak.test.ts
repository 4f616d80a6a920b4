import { createRequire } from 'node:module'
import { from, lastValueFrom, tap, toArray, type Observable } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CancelledError, InputError } from '../../../errors.js'
import { chain } from '../../../pipeline/compose.js'
import { joinSamples } from '../../../pipeline/join-samples.js'
import type { AudioPacket, MarkPacket, TextPacket } from '../../../pipeline/packet.js'
import { Turn } from '../../../pipeline/turn.js'
import { createInlineEngine } from '../../../runtime/inline-engine.js'
import { createWorkerEngine } from '../../../runtime/worker-engine.js'
import { segmentText } from '../../text/stage.js'
import { espeakModel } from './model.js'
import program from './program.js'
import { ESPEAK_SAMPLE_RATE, espeakSpeech, type EspeakEngine } from './stage.js'

/** The real espeak in a real worker, through the stages that an application uses. */

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten')
    return true
  } catch {
    return false
  }
}

const title = isInstalled() ? 'espeak' : 'espeak (skipped: @echogarden/espeak-ng-emscripten is not installed)'

type Spoken = AudioPacket | MarkPacket
type Voice = Pick<TextPacket, 'voice' | 'language'>

describe.skipIf(!isInstalled())(title, () => {
  let engine: EspeakEngine
  let turns = 0

  beforeAll(async () => {
    engine = await createWorkerEngine(espeakModel(), { device: { kind: 'cpu' } })
  })
  afterAll(async () => {
    await engine.dispose()
  })

  const newTurn = (windowSpan = Infinity): Turn => new Turn({ id: `turn-${++turns}`, windowSpan })

  function stream(turn: Turn, text: string, voice: Voice = {}): Observable<Spoken> {
    const packet: TextPacket = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text, ...voice }
    return from([packet]).pipe(chain(segmentText(), espeakSpeech(engine)).open(turn))
  }

  async function say(text: string, voice?: Voice): Promise<Spoken[]> {
    const turn = newTurn()
    const spoken = await lastValueFrom(stream(turn, text, voice).pipe(toArray()))
    await turn.ended()
    expectSound(spoken, turn)
    return spoken
  }

  const phonemesOf = async (text: string, voice?: Voice): Promise<string> =>
    audioOf(await say(text, voice))
      .flatMap(({ phonemes }) => phonemes ?? [])
      .map(({ symbol }) => symbol)
      .filter((symbol) => symbol !== '')
      .join(' ')

  it('speaks English', async () => {
    expect(await phonemesOf('Hello world. Judge the church thing!')).toBe(
      'h ə l oʊ w ɜː l d dʒ ʌ dʒ ð ə tʃ ɜː tʃ θ ɪ ŋ',
    )
  })

  it('speaks Mandarin from hanzi', async () => {
    expect(await phonemesOf('爸爸和妈妈回家了')).toBe('p ɑ p ɑ χ ɤ m ɑ m ɑ χ uei tɕ iɑ l ə')
    expect(await phonemesOf('知识')).toBe('tʂ ɨ ʂ ɨ')
    // 行 is háng in a bank and zhǎng is its head: 银行行长.
    expect(await phonemesOf('银行行长')).toBe('j i n χ ɑ ŋ χ ɑ ŋ tʂ ɑ ŋ')
    expect(await phonemesOf('兄弟')).toBe('ɕ yu ŋ t i')
  })

  it('speaks both in one text, each in its own way', async () => {
    const spoken = await say('Hello, I am phiz. 你好，我是一张脸。')
    const marks = spoken.filter((packet) => packet.kind === 'mark')
    expect(marks.map(({ mark, text }) => [mark, text])).toEqual([
      ['segment-start', 'Hello, I am phiz.'],
      ['segment-end', 'Hello, I am phiz.'],
      ['segment-start', '你好，我是一张脸。'],
      ['segment-end', '你好，我是一张脸。'],
    ])
    expect(await phonemesOf('我喜欢Python语言')).toBe('w o ɕ i χ ua n p aɪ θ ə n j y j iɛ n')
  })

  it('reads numbers and signs in the language around them', async () => {
    expect(await phonemesOf('5 < 6')).toBe(await phonemesOf('five less than six'))
    expect(await phonemesOf('AT&T <b>now</b>')).toBe(await phonemesOf('at and t now'))
    expect(await phonemesOf('a<b & c>d')).toBe(await phonemesOf('a less than b and c greater than d'))
    expect(await phonemesOf('我有3个')).toBe(await phonemesOf('我有三个'))
    expect(await phonemesOf('100%', { language: 'zh' })).toBe(await phonemesOf('百分之一百'))
    expect(await phonemesOf('电话是：\n\n123')).toBe(await phonemesOf('电话是：\n\n一百二十三'))
    expect(await phonemesOf('Hi 😀 there')).toBe(await phonemesOf('Hi there'))
  })

  it('knows when each phoneme sounds', async () => {
    for (const text of ['Pat a cat, but stop it now.', '爸爸和妈妈，回家了。']) {
      const audio = audioOf(await say(text))
      const samples = samplesOf(audio)
      const level = (from: number, to: number): number => {
        const part = samples.subarray(indexOf(from), indexOf(to))
        return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length)
      }
      const phonemes = audio.flatMap((packet) => packet.phonemes ?? [])
      const pauses = phonemes.filter(({ symbol }) => symbol === '')
      const vowels = phonemes.filter(({ symbol }) => /^[aæɑʌ]/.test(symbol))
      expect(pauses.length).toBeGreaterThanOrEqual(2)
      expect(vowels.length).toBeGreaterThanOrEqual(3)
      for (const { timestamp, duration } of pauses) {
        expect(level(timestamp + 10_000, timestamp + duration - 10_000)).toBeLessThan(0.01)
      }
      for (const { timestamp, duration } of vowels) {
        expect(level(timestamp + 5_000, timestamp + duration - 5_000)).toBeGreaterThan(0.05)
      }
      // The stop of "Pat" and of 爸: nothing before, a burst within the 100 ms that the phoneme has.
      expect(phonemes[0]?.symbol).toBe('p')
    }
  })

  it('makes both languages equally loud', async () => {
    const english = activeLevel(
      samplesOf(audioOf(await say('We all went home over the hills, and it was fine.'))),
    )
    const mandarin = activeLevel(samplesOf(audioOf(await say('我们大家一起回家了，今天的天气很好。'))))
    expect(Math.abs(20 * Math.log10(english / mandarin))).toBeLessThan(2)
    expect(20 * Math.log10(english)).toBeGreaterThan(-24)
    expect(20 * Math.log10(english)).toBeLessThan(-16)
  })

  it('follows rate, pitch and emotion', async () => {
    const text = 'We are all going home now, my dear old friend, over the hills.'
    const plain = samplesOf(audioOf(await say(text)))
    const fast = samplesOf(audioOf(await say(text, { voice: { rate: 2 } })))
    expect(fast.length / plain.length).toBeGreaterThan(0.42)
    expect(fast.length / plain.length).toBeLessThan(0.58)

    const high = samplesOf(audioOf(await say(text, { voice: { pitch: 5 } })))
    const semitones = 12 * Math.log2(medianPitch(high) / medianPitch(plain))
    expect(semitones).toBeGreaterThan(3.5)
    expect(semitones).toBeLessThan(6.5)

    const emotion = [0, 0, 1, 0, 0, 0, 0, 0]
    const sad = audioOf(await say(text, { voice: { emotion } }))
    expect(samplesOf(sad).length).toBeGreaterThan(plain.length * 1.1)
    expect(activeLevel(samplesOf(sad))).toBeLessThan(activeLevel(plain))
    expect(sad.every((packet) => packet.emotion?.join() === emotion.join())).toBe(true)
    expect(audioOf(await say(text)).every((packet) => !('emotion' in packet))).toBe(true)
  })

  it.each([
    '<b>',
    '<',
    '&',
    '&&&',
    '😀',
    '...',
    '<speak><break time="10s"/></speak>',
    '[[h@loU]]',
    '\u0000',
    '\ud83d',
    '()',
    '%s %n',
    '1e309',
    '-0',
    '٣',
    'Ⅳ',
    '﷽',
    'Z͑ͫ̓ͪ̂ͫ̽͏a̴l͜g̵o',
    '𠀀𠀀',
    'ქართული',
    'こんにちは 안녕 привет',
    'a'.repeat(300),
    '9'.repeat(200),
    '我'.repeat(200),
    'O\'Neill\'s "x"',
    'http://a.b/c?d=e#f',
    '\\n\\r',
    '{{x}}',
    '....a....',
    '，，，好',
  ])(
    'survives %j',
    async (text) => {
      await expectSoundOrRefusal(text)
    },
    60_000,
  )

  it('survives anything', async () => {
    const random = seeded(20_251_121)
    const pick = (count: number): number => Math.floor(random() * count)
    const alphabets = [
      () => String.fromCodePoint(pick(0x3000)),
      () => String.fromCharCode(pick(0x10000)),
      () => '<>&[]{}()/\\"\'=;:!?.,-_*#@%$ \n\tab1\u200b\ufe0f'.charAt(pick(40)),
      () => '你好，。！？1a %<&;'.charAt(pick(15)),
      () => String.fromCodePoint(0x1f300 + pick(0x500)),
    ]
    for (let round = 0; round < 100; round++) {
      const letters = Array.from({ length: 1 + pick(25) }, () => alphabets[pick(alphabets.length)]!())
      await expectSoundOrRefusal(letters.join(''))
    }
  })

  async function expectSoundOrRefusal(text: string): Promise<void> {
    try {
      const spoken = await say(text)
      expect(audioOf(spoken).length, JSON.stringify(text)).toBeGreaterThan(0)
    } catch (error) {
      expect(error, JSON.stringify(text)).toBeInstanceOf(InputError)
    }
  }

  it('refuses a text over the limit and a voice out of range before any sound', async () => {
    const turn = newTurn()
    const packets: Spoken[] = []
    const long = lastValueFrom(stream(turn, 'a '.repeat(5001)).pipe(tap((packet) => packets.push(packet))))
    await expect(long).rejects.toThrow(/10002 characters; at most 10000/)
    expect(packets).toEqual([])
    await turn.ended()
    await expect(say('Hello', { voice: { rate: 9 } })).rejects.toThrow(/voice\.rate is 9/)
  })

  it('keeps to the flow window', async () => {
    const turn = newTurn(300_000)
    const sink = turn.window.branch('sink')
    const times: number[] = []
    const done = lastValueFrom(
      stream(turn, 'This sentence takes much longer than the window is.').pipe(
        tap((packet) => {
          if (packet.kind === 'audio') times.push(packet.timestamp)
        }),
      ),
    )
    while (turn.window.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(times).toEqual([0, 100_000, 200_000])
    sink.close()
    await done
    expect(times.length).toBeGreaterThan(10)
  })

  it('stops when its turn is cancelled, and speaks on in the next', async () => {
    const turn = newTurn()
    const packets: AudioPacket[] = []
    const failure = lastValueFrom(
      stream(turn, 'A sentence to be spoken again and again. '.repeat(100)).pipe(
        tap((packet) => {
          if (packet.kind !== 'audio') return
          packets.push(packet)
          turn.cancel()
        }),
      ),
    )
    await expect(failure).rejects.toThrow(CancelledError)
    await turn.ended()
    expect(turn.running).toBe(0)
    expect(packets).toHaveLength(1)
    expect(await phonemesOf('Hello')).toBe('h ə l oʊ')
  })

  it('gives two turns at once what each would get alone', async () => {
    const english = 'This is one of two voices. They speak at once, but never into each other.'
    const mandarin = '这是两个声音中的一个。它们同时说话，但是互不干扰。'
    const voice = { voice: { rate: 1.5, pitch: -3 } }
    // espeak's state flutters on from call to call: the same words are never quite the same samples, and a phoneme's
    // length may differ by a millisecond.
    const heard = (spoken: readonly Spoken[]): string =>
      audioOf(spoken)
        .flatMap(({ phonemes }) => phonemes ?? [])
        .map(({ symbol }) => symbol)
        .join(' ')
    const alone = [await say(english), await say(mandarin, voice)]
    const together = await Promise.all([say(english), say(mandarin, voice)])
    expect(together.map(heard)).toEqual(alone.map(heard))
    for (const [index, spoken] of together.entries()) {
      const ratio = samplesOf(audioOf(spoken)).length / samplesOf(audioOf(alone[index]!)).length
      expect(Math.abs(ratio - 1)).toBeLessThan(0.02)
    }
  })

  it.each([
    [{ english: 'atlantean' }, /espeak has no voice "atlantean"/],
    [{ chinese: 'zh' }, /espeak has no voice "zh"/],
    [{ variant: 'nobody' }, /espeak has no variant "nobody"/],
    [{ variant: '../en' }, /espeak has no variant/],
  ])('refuses %j, which espeak does not have, when it is loaded', async (voice, message) => {
    const load = createInlineEngine(program, { config: espeakModel(voice).config })
    await expect(load).rejects.toThrow(InputError)
    await expect(load).rejects.toThrow(message)
  })
})

/** What holds for all that is ever spoken. */
function expectSound(spoken: readonly Spoken[], turn: Turn): void {
  let samples = 0
  let inside: string | undefined
  let phonemeEnd = 0
  for (const packet of spoken) {
    const position = Math.round((samples * 1_000_000) / ESPEAK_SAMPLE_RATE)
    expect(packet.turn).toBe(turn.id)
    expect(packet.timestamp).toBe(position)
    if (packet.kind === 'mark') {
      expect(packet.mark).toBe(inside === undefined ? 'segment-start' : 'segment-end')
      if (inside !== undefined) expect(packet.text).toBe(inside)
      inside = inside === undefined ? packet.text : undefined
      continue
    }
    expect(inside).toBeDefined()
    expect(packet.sampleRate).toBe(ESPEAK_SAMPLE_RATE)
    expect(packet.duration).toBeGreaterThanOrEqual(100_000)
    expect(packet.duration).toBeLessThan(200_000)
    samples += packet.samples.length
    expect(packet.timestamp + packet.duration).toBe(Math.round((samples * 1_000_000) / ESPEAK_SAMPLE_RATE))
    expect(packet.samples.every((sample) => Math.abs(sample) <= 1)).toBe(true)
    for (const { timestamp, duration, symbol } of packet.phonemes ?? []) {
      expect(timestamp).toBe(phonemeEnd)
      expect(timestamp).toBeGreaterThanOrEqual(packet.timestamp)
      expect(timestamp).toBeLessThan(packet.timestamp + packet.duration)
      expect(symbol).not.toMatch(/[ˈˌ()_.\d]/)
      phonemeEnd = timestamp + duration
    }
    expect(packet.phonemes).toBeDefined()
  }
  expect(inside).toBeUndefined()
  expect(phonemeEnd).toBe(Math.round((samples * 1_000_000) / ESPEAK_SAMPLE_RATE))
}

function audioOf(spoken: readonly Spoken[]): AudioPacket[] {
  return spoken.filter((packet) => packet.kind === 'audio')
}

function samplesOf(audio: readonly AudioPacket[]): Float32Array {
  return joinSamples(audio.map(({ samples }) => samples))
}

function indexOf(microseconds: number): number {
  return Math.round((microseconds * ESPEAK_SAMPLE_RATE) / 1_000_000)
}

function activeLevel(samples: Float32Array): number {
  const active = samples.filter((sample) => Math.abs(sample) > 0.003)
  return Math.sqrt(active.reduce((sum, sample) => sum + sample * sample, 0) / active.length)
}

/** Median over frames of 46 ms of the lag at which the sound resembles itself most, 75–400 Hz. */
function medianPitch(samples: Float32Array): number {
  const frame = 1024
  const pitches: number[] = []
  for (let start = 0; start + 2 * frame < samples.length; start += frame) {
    let best = 0.6
    let pitch = 0
    for (let lag = Math.floor(ESPEAK_SAMPLE_RATE / 400); lag < ESPEAK_SAMPLE_RATE / 75; lag++) {
      let product = 0
      let energy = 1e-3
      let shifted = 1e-3
      for (let i = start; i < start + frame; i++) {
        product += samples[i]! * samples[i + lag]!
        energy += samples[i]! ** 2
        shifted += samples[i + lag]! ** 2
      }
      const likeness = product / Math.sqrt(energy * shifted)
      // A longer lag must be clearly better: a multiple of the period is as good as the period.
      if (likeness > best + 0.03) {
        best = likeness
        pitch = ESPEAK_SAMPLE_RATE / lag
      }
    }
    if (pitch > 0) pitches.push(pitch)
  }
  return pitches.sort((a, b) => a - b)[pitches.length >> 1] ?? 0
}

/** Mulberry32: numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
