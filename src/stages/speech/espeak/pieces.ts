import { PIECE_SAMPLES, type SpeechPiece, type SpokenPhoneme } from './contract.js'

/**
 * Joins utterances and cuts them into pieces of 100 ms, without waiting for the last: a piece leaves as soon as its
 * sound is there and as much follows. The last is 100–200 ms, filled up with silence where all of it is shorter.
 */
export function* piecesOf(utterances: Iterable<SpeechPiece>): Generator<SpeechPiece> {
  let pending: SpeechPiece = { samples: new Float32Array(0), phonemes: [] }
  for (const utterance of utterances) {
    pending = join(pending, utterance)
    let start = 0
    for (; pending.samples.length - start >= 2 * PIECE_SAMPLES; start += PIECE_SAMPLES) {
      yield part(pending, start, start + PIECE_SAMPLES)
    }
    pending = part(pending, start, pending.samples.length)
  }
  if (pending.samples.length > 0) yield part(pending, 0, Math.max(PIECE_SAMPLES, pending.samples.length))
}

function join(a: SpeechPiece, b: SpeechPiece): SpeechPiece {
  const samples = new Float32Array(a.samples.length + b.samples.length)
  samples.set(a.samples)
  samples.set(b.samples, a.samples.length)
  return { samples, phonemes: [...a.phonemes, ...b.phonemes.map((one) => shift(one, a.samples.length))] }
}

/** A copy of the samples from `start` to `end`, with the phonemes that start there. */
function part({ samples, phonemes }: SpeechPiece, start: number, end: number): SpeechPiece {
  const copy = new Float32Array(end - start)
  copy.set(samples.subarray(start, end))
  const inside = phonemes.filter((one) => one.start >= start && one.start < end)
  return { samples: copy, phonemes: inside.map((one) => shift(one, -start)) }
}

function shift(phoneme: SpokenPhoneme, by: number): SpokenPhoneme {
  return { ...phoneme, start: phoneme.start + by }
}
