import { withoutDecoration } from '../../../stages/text/decoration.js'
import { DEFAULT_INTERVAL_SILENCE } from './protocol.js'

const SENTENCE_END = /[.!?…。！？｡]["'”’»)\]」』】》）]*$/
/** What is below this counts as silence: -54 dB of full scale. */
const SILENCE = 0.002

/**
 * Makes the silences between sentences longer or shorter.
 *
 * A voice leaves pauses of its own, about the default of `interval_silence` after a sentence. They stand for that
 * default, so that a request which does not care sounds as everywhere else; other values lengthen them by the
 * difference, or shorten them as far as they are silent. Pauses inside a sentence, and at the end, stay.
 */
export class SentencePauses {
  /** Samples to add between sentences; negative ones are taken away. */
  readonly #change: number
  /** Silence to put before the next clause. */
  #owed = 0
  /** Silence taken from the end of the last clause, which comes back when nothing follows. */
  #held = new Float32Array(0)

  /** @param sampleRate Hz; @param intervalSilence milliseconds */
  constructor(sampleRate: number, intervalSilence: number) {
    this.#change = Math.round(((intervalSilence - DEFAULT_INTERVAL_SILENCE) * sampleRate) / 1000)
  }

  /** The sound of the next clause, as it is to be heard after those before it. */
  clause(samples: Float32Array, text: string): Float32Array {
    const lead = this.#owed
    this.#owed = 0
    let end = samples.length
    if (SENTENCE_END.test(withoutDecoration(text).trim())) {
      this.#owed = Math.max(0, this.#change)
      const least = Math.max(0, samples.length + Math.min(0, this.#change))
      while (end > least && Math.abs(samples[end - 1]!) < SILENCE) end -= 1
    }
    this.#held = samples.slice(end)
    const output = new Float32Array(lead + end)
    output.set(samples.subarray(0, end), lead)
    return output
  }

  /** What is left when nothing follows. */
  flush(): Float32Array {
    const rest = this.#held
    this.#held = new Float32Array(0)
    this.#owed = 0
    return rest
  }
}
