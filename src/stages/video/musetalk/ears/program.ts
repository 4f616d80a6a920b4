import { Resampler } from '../../../../dsp/resample.js'
import { WhisperMel } from '../../../../dsp/whisper-mel.js'
import { defineProgram, type Program } from '../../../../runtime/program.js'
import { cutTokens } from '../audio-window.js'
import { MUSETALK_SAMPLE_RATE, TOKENS_PER_FRAME } from '../contract.js'
import { positionalEncoding } from '../positional-encoding.js'
import type { EarsInit, HeardFrames } from './heard.js'
import type { ListenerOptions } from './listener.js'
import { PublishedListener } from './published-listener.js'
import { RollingListener } from './rolling-listener.js'
import { SEGMENT_ROWS, WhisperEncoder } from './whisper-encoder.js'

/** What the worker is loaded with. */
export interface EarsConfig {
  /** The graph: see `graphs.whisper` in contract.ts. */
  readonly file: string
  /** Values of a state. */
  readonly width: number
  /** Threads of a run on the CPU. */
  readonly threads: number
}

/** The row at which silence is listened to: far from both ends of what was encoded. */
const SILENCE_ROW = SEGMENT_ROWS / 2

/** The worker's program: an utterance's sound to what its frames of video hear. A step is one run of the encoder. */
export default defineProgram(
  async (context, config: EarsConfig): Promise<Program<EarsInit, Float32Array, HeardFrames>> => {
    const graph = await context.createSession(config.file, { threads: config.threads })
    const encoder = new WhisperEncoder(graph, config.width)
    const encoding = positionalEncoding(config.width)
    // Listening to silence is the first run, too, after which CUDA has chosen its kernels.
    const silence = await tokensOfSilence(encoder)
    return {
      open({ sampleRate, fps, mode }) {
        const options: ListenerOptions = { encoder, encoding, silence, fps }
        const listener = mode === 'reference' ? new PublishedListener(options) : new RollingListener(options)
        const resampler = new Resampler(sampleRate, MUSETALK_SAMPLE_RATE)
        let received = 0
        return {
          process(samples) {
            received += samples.length
            return listener.hear(resampler.process(samples))
          },
          async *flush() {
            if (received === 0) return
            yield* listener.hear(resampler.flush())
            yield* listener.end(Math.ceil((received * fps) / sampleRate))
          },
        }
      },
      transfer: ({ tokens, silent }) => [tokens.buffer, silent.buffer],
    }
  },
)

async function tokensOfSilence(encoder: WhisperEncoder): Promise<Float32Array> {
  const states = await encoder.encode(new WhisperMel())
  const tokens = new Float32Array(TOKENS_PER_FRAME * encoder.width)
  cutTokens(states, SEGMENT_ROWS, SILENCE_ROW, encoder.width, tokens)
  return tokens
}
