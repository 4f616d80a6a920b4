import { defineProgram } from '../../../runtime/program.js'
import { runsOf } from './clause.js'
import { piecesOf } from '../pieces.js'
import type { ClauseInput, SpeechPiece } from '../spoken.js'
import { PIECE_SAMPLES, type EspeakConfig } from './contract.js'
import { Synthesiser } from './synthesiser.js'
import { pauseOf } from './utterance.js'

/**
 * The step loop of espeak: a clause in, pieces of 100–200 ms out. A step speaks at most one language of one clause,
 * 10 s of sound or about 35 ms of work, and most steps only cut what is there.
 */
export default defineProgram(async (_context, config: EspeakConfig) => {
  const synthesiser = await Synthesiser.load(config)
  return {
    open: (_init: undefined) => ({
      process: (input: ClauseInput) => piecesOf(utterances(synthesiser, input), PIECE_SAMPLES),
    }),
    transfer: ({ samples }: SpeechPiece) => [samples.buffer],
  }
})

function* utterances(synthesiser: Synthesiser, input: ClauseInput): Generator<SpeechPiece> {
  const { text, language, prosody } = input
  for (const run of runsOf(text, language)) {
    const utterance = synthesiser.speak(run.text, run.language, prosody)
    if (utterance.samples.length === 0) continue
    yield utterance
    yield pauseOf(run.pause / prosody.rate)
  }
}
