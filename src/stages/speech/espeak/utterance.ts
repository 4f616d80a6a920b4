import { bend } from '../loudness.js'
import type { SpeechPiece, SpokenPhoneme } from '../spoken.js'
import { samplesOf } from './contract.js'

/** What espeak gave for one call. */
export interface EspeakSound {
  readonly chunks: readonly Int16Array[]
  /** Phonemes in order with the milliseconds at which they begin; an empty symbol is a pause. */
  readonly starts: readonly { readonly symbol: string; readonly at: number }[]
}

/** espeak renders this much behind its last phoneme, in which the sound dies away. */
const TAIL = samplesOf(8)

/**
 * Makes an utterance of espeak's sound: floats, without the silence at the end, every moment covered by a phoneme or
 * a pause.
 * @param gain factor of amplitude; peaks that it lifts above 0.9 are bent, never cut
 */
export function utteranceOf({ chunks, starts }: EspeakSound, gain: number): SpeechPiece {
  const available = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const lastSound = starts.findLastIndex(({ symbol }) => symbol !== '')
  if (lastSound < 0) return { samples: new Float32Array(0), phonemes: [] }
  const soundEnd = starts[lastSound + 1]?.at
  const end = soundEnd === undefined ? available : Math.min(available, samplesOf(soundEnd) + TAIL)
  return { samples: toFloats(chunks, end, gain), phonemes: cover(starts.slice(0, lastSound + 1), end) }
}

/** Silence as a piece. */
export function pauseOf(milliseconds: number): SpeechPiece {
  const length = samplesOf(milliseconds)
  return { samples: new Float32Array(length), phonemes: [{ symbol: '', start: 0, length }] }
}

/**
 * Shorter silence before a phoneme is its closure (espeak marks the 10–50 ms before a stop's burst as a pause), in
 * which the lips have taken its shape already.
 */
const LONGEST_CLOSURE = samplesOf(60)

/** Phonemes and pauses one after the other from 0 to `end`. */
function cover(starts: EspeakSound['starts'], end: number): SpokenPhoneme[] {
  const phonemes: SpokenPhoneme[] = []
  let covered = 0
  for (const [index, { symbol, at }] of starts.entries()) {
    if (symbol === '') continue
    const start = Math.min(end, samplesOf(at))
    // What ends this phoneme is whatever comes next, a pause included.
    const next = starts[index + 1]
    const stop = next === undefined ? end : Math.min(end, samplesOf(next.at))
    if (stop <= start) continue
    const isClosure = start - covered <= LONGEST_CLOSURE
    if (!isClosure) phonemes.push({ symbol: '', start: covered, length: start - covered })
    const begin = isClosure ? covered : start
    phonemes.push({ symbol, start: begin, length: stop - begin })
    covered = stop
  }
  const last = phonemes.at(-1)
  if (last !== undefined) phonemes[phonemes.length - 1] = { ...last, length: end - last.start }
  return phonemes
}

function toFloats(chunks: readonly Int16Array[], length: number, gain: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(length)
  const factor = gain / 32_768
  let at = 0
  for (const chunk of chunks) {
    const count = Math.min(chunk.length, length - at)
    for (let i = 0; i < count; i++) samples[at + i] = bend(chunk[i]! * factor)
    at += count
  }
  return samples
}
