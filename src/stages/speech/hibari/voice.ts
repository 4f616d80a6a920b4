import { ComplexNoise } from '../../../dsp/complex-noise.js'
import { Psola } from '../../../dsp/psola.js'
import { messageOf, ModelLoadError } from '../../../errors.js'
import type { ProgramContext } from '../../../runtime/program.js'
import { bend, SPEECH_LEVEL, speechLevel } from '../loudness.js'
import { prosodyOf, type Prosody } from '../prosody.js'
import type { SpeechPiece, SpokenPhoneme } from '../spoken.js'
import { AcousticModel } from './acoustic-model.js'
import { FILES, HIBARI_SAMPLE_RATE, MOST_PHONEMES } from './contract.js'
import { shapedMelody } from './melody.js'
import { noiseOf } from './noise.js'
import { phonemeTimes } from './phoneme-times.js'
import { readFrontEndFiles } from './phonemes/files.js'
import { createFrontEnd, type FrontEnd } from './phonemes/front-end.js'
import { phrasesOf } from './phrases.js'
import { soundRange } from './sound-range.js'
import { HOP, LOWEST_PITCH, type NoiseSource } from './spectra.js'
import { tempoOf } from './tempo.js'
import { UnknownWords } from './unknown-words.js'
import { Vocoder } from './vocoder.js'

/** Sentences with all vowels and an ordinary share of quiet sounds, by which the voice's level is measured. */
const SAMPLE_SENTENCE = 'The quick brown fox jumps over the lazy dog.'

/** The loaded voice: text of a clause to sound. Any number of turns may use it, one step at a time. */
export class Voice {
  readonly #frontEnd: FrontEnd
  readonly #unknownWords: UnknownWords
  readonly #model: AcousticModel
  readonly #vocoder = new Vocoder()
  #gain = 1

  private constructor(frontEnd: FrontEnd, unknownWords: UnknownWords, model: AcousticModel) {
    this.#frontEnd = frontEnd
    this.#unknownWords = unknownWords
    this.#model = model
  }

  /**
   * Loads the voice and speaks a sentence, which warms it up and shows how loud it is.
   * @throws ModelLoadError when a file is missing or not valid
   */
  static async load(context: ProgramContext): Promise<Voice> {
    const unknownWords = await UnknownWords.load(context, {
      graph: FILES.unknownWords,
      symbols: FILES.unknownWordSymbols,
    })
    const model = await AcousticModel.load(context, FILES.acoustics)
    const voice = new Voice(await loadFrontEnd(context.folder), unknownWords, model)
    const level = await voice.#levelOf(SAMPLE_SENTENCE)
    if (level > 0) voice.#gain = SPEECH_LEVEL / level
    return voice
  }

  /**
   * Speaks a clause, without the silence before and after it.
   * @yields up to 100 ms, which the next step overwrites; nothing when there is nothing to be read
   */
  async *speak(clause: string, prosody: Prosody, noise: NoiseSource): AsyncGenerator<SpeechPiece> {
    for (const phrase of phrasesOf(await this.#read(clause), MOST_PHONEMES)) {
      const { speed, stretch } = tempoOf(prosody.rate)
      const { spectra, durations } = await this.#model.run(this.#frontEnd.ids(phrase), speed)
      const range = soundRange(spectra)
      const phonemes = durations && stretched(phonemeTimes(phrase, durations, range, leadAt(speed)), stretch)
      const psola = psolaFor(spectra.f0.subarray(range.from, range.to), prosody, stretch)
      let position = 0
      for (const rendered of this.#vocoder.render(spectra, noise, range.from, range.to)) {
        const samples = psola === undefined ? rendered : psola.push(rendered)
        if (samples.length === 0) continue
        this.#amplify(samples, prosody.volume)
        yield pieceOf(samples, phonemes, position)
        position += samples.length
      }
    }
  }

  /** Silence. @param milliseconds of it */
  pause(milliseconds: number): SpeechPiece {
    const length = Math.round((milliseconds * HIBARI_SAMPLE_RATE) / 1000)
    const samples = new Float32Array(length)
    return this.#model.hasDurations ? { samples, phonemes: [{ symbol: '', start: 0, length }] } : { samples }
  }

  async #read(clause: string): Promise<string> {
    const { phonemes, unknown } = this.#frontEnd.read(clause, (word) => this.#unknownWords.recall(word))
    if (unknown.length === 0) return phonemes
    // The front end does not wait: what it did not know is looked up, then it reads again.
    for (const { word } of unknown) await this.#unknownWords.read(word)
    return this.#frontEnd.read(clause, (word) => this.#unknownWords.recall(word)).phonemes
  }

  #amplify(samples: Float32Array, volume: number): void {
    const factor = this.#gain * volume
    for (let n = 0; n < samples.length; n++) samples[n] = bend(samples[n]! * factor)
  }

  async #levelOf(sentence: string): Promise<number> {
    const sound: number[] = []
    for await (const { samples } of this.speak(sentence, prosodyOf(), noiseOf(new ComplexNoise(0)))) {
      sound.push(...samples)
    }
    return speechLevel(Float32Array.from(sound), HIBARI_SAMPLE_RATE / 100)
  }
}

/**
 * Frames by which sound comes before its time in the durations: 57.5 ms at speed 1, the median over 1927 phonemes
 * against forced alignment, with spaces shared by both words; it grows with the length of the model's units
 * (models/visemes/README.md).
 */
function leadAt(speed: number): number {
  return 2.6 + 2 / speed
}

/** Where in a period, from the pulse that excites it, the voice is strongest. */
const STRONGEST = 0.55

/**
 * Makes another melody and another speed, where they are wanted. The sound itself is shifted: the model's gains hold at
 * the harmonics of its own pitch alone, and other pulses through them come out up to 8 dB louder.
 */
function psolaFor(f0: Float32Array, prosody: Prosody, tempo: number): Psola | undefined {
  const melody = shapedMelody(f0, prosody)
  if (melody === undefined && tempo === 1) return undefined
  const rates = { sampleRate: HIBARI_SAMPLE_RATE, hop: HOP, lowest: LOWEST_PITCH }
  return new Psola(f0, melody ?? f0, { ...rates, delay: STRONGEST, tempo })
}

/** Phonemes of a phrase that is spoken faster by a factor. */
function stretched(phonemes: readonly SpokenPhoneme[], factor: number): readonly SpokenPhoneme[] {
  if (factor === 1) return phonemes
  return phonemes.map(({ symbol, start, length }) => {
    const begin = Math.round(start / factor)
    return { symbol, start: begin, length: Math.round((start + length) / factor) - begin }
  })
}

/** Sound from `position` of a phrase on, with the phonemes of the phrase that start in it. */
function pieceOf(
  samples: Float32Array<ArrayBuffer>,
  phonemes: readonly SpokenPhoneme[] | undefined,
  position: number,
): SpeechPiece {
  if (phonemes === undefined) return { samples }
  const inside = phonemes.filter(({ start }) => start >= position && start < position + samples.length)
  return { samples, phonemes: inside.map((one) => ({ ...one, start: one.start - position })) }
}

async function loadFrontEnd(folder: string): Promise<FrontEnd> {
  try {
    return createFrontEnd(await readFrontEndFiles(folder))
  } catch (error) {
    throw new ModelLoadError(`The lexicons in ${folder} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
