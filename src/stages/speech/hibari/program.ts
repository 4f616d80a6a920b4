import { ComplexNoise } from '../../../dsp/complex-noise.js'
import { defineProgram } from '../../../runtime/program.js'
import { cleanText } from '../../text/clean.js'
import { withoutDecoration } from '../../text/decoration.js'
import { DEFAULT_MAX_LENGTH, segment } from '../../text/segment.js'
import { pauseAfter } from '../pauses.js'
import { PieceCutter } from '../pieces.js'
import type { ClauseInput, SpeechPiece } from '../spoken.js'
import { HIBARI_SAMPLE_RATE, type HibariInit } from './contract.js'
import { noiseOf } from './noise.js'
import { Voice } from './voice.js'

/** Samples of an ordinary piece: 100 ms. */
const PIECE_SAMPLES = HIBARI_SAMPLE_RATE / 10

/**
 * The step loop of the voice: a clause in, pieces of 100–200 ms out. The first step of a phrase runs the acoustic model,
 * about 5 ms of work for a second of sound and 10 s of it at the most; the others make 100 ms of sound each.
 */
export default defineProgram(async (context) => {
  const voice = await Voice.load(context)
  return {
    open: ({ seed }: HibariInit) => {
      const noise = noiseOf(new ComplexNoise(seed))
      return {
        async *process({ text, prosody }: ClauseInput): AsyncGenerator<SpeechPiece> {
          const cutter = new PieceCutter(PIECE_SAMPLES)
          for (const clause of clausesOf(text)) {
            let isHeard = false
            for await (const sound of voice.speak(clause, prosody, noise)) {
              isHeard = true
              yield* cutter.push(sound)
            }
            if (isHeard) yield* cutter.push(voice.pause(pauseAfter(clause) / prosody.rate))
          }
          yield* cutter.flush()
        },
      }
    },
    transfer: ({ samples }: SpeechPiece) => [samples.buffer],
  }
})

/** A text that was not cut into clauses is cut here: a step cannot be stopped by a cancelled turn. */
function clausesOf(text: string): string[] {
  const clauses = segment(cleanText(text), { firstLength: DEFAULT_MAX_LENGTH, maxLength: DEFAULT_MAX_LENGTH })
  return clauses.map(withoutDecoration)
}
