import { from, lastValueFrom, tap, toArray, type Observable } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pitchTrack } from '../src/dsp/pitch-track.js'
import { Resampler } from '../src/dsp/resample.js'
import { CancelledError, InputError } from '../src/errors.js'
import { chain } from '../src/pipeline/compose.js'
import { joinSamples } from '../src/pipeline/join-samples.js'
import type { AudioPacket, MarkPacket, TextPacket } from '../src/pipeline/packet.js'
import { Turn } from '../src/pipeline/turn.js'
import { createWorkerEngine } from '../src/runtime/worker-engine.js'
import { hibariModel } from '../src/stages/speech/hibari/model.js'
import { HIBARI_SAMPLE_RATE, hibariSpeech, type HibariEngine } from '../src/stages/speech/hibari/stage.js'
import { speechLevel } from '../src/stages/speech/loudness.js'
import { segmentText } from '../src/stages/text/stage.js'
import { hibariFolder, hibariTitle } from './hibari-folder.js'

/** The real voice in a real worker, through the stages that an application uses. */

type Spoken = AudioPacket | MarkPacket

describe.skipIf(hibariFolder === undefined)(hibariTitle('the hibari voice'), () => {
  let engine: HibariEngine
  let turns = 0

  beforeAll(async () => {
    engine = await createWorkerEngine(hibariModel(hibariFolder!), { device: { kind: 'cpu' } })
  })
  afterAll(async () => {
    await engine.dispose()
  })

  function stream(turn: Turn, text: string, voice: TextPacket['voice'] = {}, seed = 1): Observable<Spoken> {
    const packet: TextPacket = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text, voice }
    return from([packet]).pipe(chain(segmentText(), hibariSpeech(engine, { seed })).open(turn))
  }

  async function say(text: string, voice?: TextPacket['voice'], seed?: number): Promise<AudioPacket[]> {
    const turn = new Turn({ id: `turn-${++turns}`, windowSpan: Infinity })
    const spoken = await lastValueFrom(stream(turn, text, voice, seed).pipe(toArray()))
    await turn.ended()
    const audio = spoken.filter((packet) => packet.kind === 'audio')
    expectSound(audio)
    return audio
  }

  const TEXT = 'She sells sea shells by the sea shore, and the lazy brown dog watches her go. Who would not?'

  it('is the same for the same seed, and as loud as every voice', async () => {
    const one = joined(await say(TEXT))
    expect(joined(await say(TEXT))).toEqual(one)
    const other = joined(await say(TEXT, undefined, 2))
    expect(other).toHaveLength(one.length)
    expect(other).not.toEqual(one)
    expect(Math.abs(decibels(one) + 20)).toBeLessThan(1.5)
  })

  it('knows when each phoneme sounds', async () => {
    const audio = await say(TEXT)
    const sound = joined(audio)
    const phonemes = audio.flatMap((packet) => packet.phonemes ?? [])
    const spans = (symbols: readonly string[]): [number, number][] =>
      phonemes
        .filter(({ symbol }) => symbols.includes(symbol))
        .map(({ timestamp, duration }) => [timestamp, timestamp + duration])
    const hissing = spans(['s', 'ʃ'])
    const vowels = spans(['i', 'ɛ', 'ɔ', 'eɪ', 'aʊ', 'oʊ', 'ɑ'])
    expect(hissing).toHaveLength(6)
    expect(vowels.length).toBeGreaterThan(10)
    const hiss = (span: [number, number]): number => brightness(sound, ...span)
    // In the middle of every hissing sound there is hiss; in the middle of hardly any vowel.
    expect(hissing.filter((span) => hiss(span) > 0.5).length).toBeGreaterThanOrEqual(5)
    expect(vowels.filter((span) => hiss(span) > 0.5).length).toBeLessThanOrEqual(1)
  })

  it('follows rate, pitch and emotion, without a change of loudness that nobody asked for', async () => {
    const plain = joined(await say(TEXT))
    const fast = joined(await say(TEXT, { rate: 1.6 }))
    expect(plain.length / fast.length).toBeGreaterThan(1.45)
    expect(plain.length / fast.length).toBeLessThan(1.75)
    const brisk = joined(await say(TEXT, { rate: 1.25 }))
    expect(plain.length / brisk.length).toBeCloseTo(1.25, 1)
    expect(Math.abs(medianPitch(brisk) / medianPitch(plain) - 1)).toBeLessThan(0.05)
    for (const pitch of [-5, 5]) {
      const moved = joined(await say(TEXT, { pitch }))
      expect(moved).toHaveLength(plain.length)
      expect(Math.abs(12 * Math.log2(medianPitch(moved) / medianPitch(plain)) - pitch)).toBeLessThan(1)
      expect(Math.abs(decibels(moved) - decibels(plain))).toBeLessThan(1.5)
    }
    const angry = joined(await say(TEXT, { emotion: [0, 1, 0, 0, 0, 0, 0, 0] }))
    const sad = joined(await say(TEXT, { emotion: [0, 0, 1, 0, 0, 0, 0, 0] }))
    expect(sad.length).toBeGreaterThan(1.2 * angry.length)
    expect(decibels(angry) - decibels(sad)).toBeGreaterThan(3)
    expect(medianPitch(angry)).toBeGreaterThan(medianPitch(sad))
  })

  it('speaks a sentence that is longer than one run of the model', async () => {
    const long = 'the man who saw the dog that chased the cat that caught the rat '.repeat(12)
    const seconds = joined(await say(long)).length / HIBARI_SAMPLE_RATE
    expect(seconds).toBeGreaterThan(25)
    expect(seconds).toBeLessThan(60)
  })

  it.each([
    'blorbing Kowalski hibari',
    'I',
    '3.14',
    'http://a.b/c?d=e#f',
    '<b>x</b> & [[h@loU]]',
    'Ｈｅｌｌｏ',
    'naïve café 😀 Z͑ͫ̓ͪ̂ͫ̽͏a̴l͜g̵o',
    'x'.repeat(300),
    '9'.repeat(60),
    'Hello 你好 привет',
  ])('survives %j', async (text) => {
    expect((await say(text)).length).toBeGreaterThan(0)
  })

  it.each(['你好，世界。', 'привет', '...', '😀'])('has nothing to say to %j', async (text) => {
    await expect(say(text)).rejects.toThrow(InputError)
  })

  it('stops when its turn is cancelled, and speaks on in the next', async () => {
    const turn = new Turn({ id: 'cancelled', windowSpan: Infinity })
    const packets: AudioPacket[] = []
    const failure = lastValueFrom(
      stream(turn, 'A sentence to be spoken again and again. '.repeat(50)).pipe(
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
    expect((await say('Hello.')).length).toBeGreaterThan(0)
  })

  it('gives two turns at once what each would get alone', async () => {
    const texts = [TEXT, 'This is one of two voices. They speak at once, but never into each other.']
    const alone = [joined(await say(texts[0]!, { pitch: 3 })), joined(await say(texts[1]!))]
    const together = await Promise.all([say(texts[0]!, { pitch: 3 }), say(texts[1]!)])
    expect(together.map(joined)).toEqual(alone)
  })
})

/** What holds for all that is ever spoken. */
function expectSound(audio: readonly AudioPacket[]): void {
  let samples = 0
  let phonemeEnd = 0
  for (const packet of audio) {
    expect(packet.sampleRate).toBe(HIBARI_SAMPLE_RATE)
    expect(packet.timestamp).toBe(Math.round((samples * 1_000_000) / HIBARI_SAMPLE_RATE))
    expect(packet.duration).toBeGreaterThanOrEqual(100_000)
    expect(packet.duration).toBeLessThan(200_000)
    expect(packet.samples.every((sample) => Math.abs(sample) <= 1)).toBe(true)
    samples += packet.samples.length
    for (const { symbol, timestamp, duration } of packet.phonemes ?? []) {
      expect(timestamp).toBe(phonemeEnd)
      expect(timestamp).toBeGreaterThanOrEqual(packet.timestamp)
      expect(timestamp).toBeLessThan(packet.timestamp + packet.duration)
      expect(symbol).not.toMatch(/[ˈˌ .,?!ʤʧAIOWYT]/u)
      phonemeEnd = timestamp + duration
    }
  }
}

function joined(audio: readonly AudioPacket[]): Float32Array {
  return joinSamples(audio.map(({ samples }) => samples))
}

function decibels(sound: Float32Array): number {
  return 20 * Math.log10(speechLevel(sound, HIBARI_SAMPLE_RATE / 100))
}

function medianPitch(sound: Float32Array): number {
  const slow = new Resampler(HIBARI_SAMPLE_RATE, 8000).process(sound)
  const track = pitchTrack(slow, { sampleRate: 8000, lowest: 60, highest: 500, hop: 160 })
  const voiced = track.filter((pitch) => pitch > 0).sort()
  return voiced[voiced.length >> 1]!
}

/** How much of a sound's energy changes from sample to sample, 0–2, in the middle third of a time span. */
function brightness(sound: Float32Array, from: number, to: number): number {
  const at = (microseconds: number): number => Math.round((microseconds * HIBARI_SAMPLE_RATE) / 1_000_000)
  const part = sound.subarray(at(from + (to - from) / 3), at(to - (to - from) / 3))
  let energy = 1e-9
  let change = 0
  for (let n = 1; n < part.length; n++) {
    energy += part[n]! ** 2
    change += (part[n]! - part[n - 1]!) ** 2
  }
  return change / energy
}
