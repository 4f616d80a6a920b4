import type { SpeechPiece, SpokenPhoneme } from './spoken.js'

/**
 * Joins utterances and cuts them into pieces of equal length, without waiting for the last: a piece leaves as soon as
 * its sound is there and as much follows. The last is one to two lengths long, filled up with silence where all of the
 * sound is shorter.
 */
export class PieceCutter {
  readonly #length: number
  #pending: SpeechPiece | undefined

  /** @param length samples of an ordinary piece */
  constructor(length: number) {
    this.#length = length
  }

  /** Takes sound. It is copied before the first piece leaves: its memory may be used again from then on. */
  *push(utterance: SpeechPiece): Generator<SpeechPiece> {
    const pending = join(this.#pending ?? { samples: NOTHING, phonemes: [] }, utterance)
    let start = 0
    for (; pending.samples.length - start >= 2 * this.#length; start += this.#length) {
      yield part(pending, start, start + this.#length)
    }
    this.#pending = part(pending, start, pending.samples.length)
  }

  /** What is left at the end, if anything ever came. */
  *flush(): Generator<SpeechPiece> {
    const pending = this.#pending
    this.#pending = undefined
    if (pending === undefined || pending.samples.length === 0) return
    yield part(pending, 0, Math.max(this.#length, pending.samples.length))
  }
}

const NOTHING = new Float32Array(0)

/** All pieces of some utterances: see {@link PieceCutter}. */
export function* piecesOf(utterances: Iterable<SpeechPiece>, length: number): Generator<SpeechPiece> {
  const cutter = new PieceCutter(length)
  for (const utterance of utterances) yield* cutter.push(utterance)
  yield* cutter.flush()
}

function join(a: SpeechPiece, b: SpeechPiece): SpeechPiece {
  const samples = new Float32Array(a.samples.length + b.samples.length)
  samples.set(a.samples)
  samples.set(b.samples, a.samples.length)
  if (a.phonemes === undefined || b.phonemes === undefined) return { samples }
  return { samples, phonemes: [...a.phonemes, ...b.phonemes.map((one) => shift(one, a.samples.length))] }
}

/** A copy of the samples from `start` to `end`, with the phonemes that start there. */
function part({ samples, phonemes }: SpeechPiece, start: number, end: number): SpeechPiece {
  const copy = new Float32Array(end - start)
  copy.set(samples.subarray(start, end))
  if (phonemes === undefined) return { samples: copy }
  const inside = phonemes.filter((one) => one.start >= start && one.start < end)
  return { samples: copy, phonemes: inside.map((one) => shift(one, -start)) }
}

function shift(phoneme: SpokenPhoneme, by: number): SpokenPhoneme {
  return { ...phoneme, start: phoneme.start + by }
}
