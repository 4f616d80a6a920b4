import { join } from 'node:path'
import type { Microseconds } from '../../pipeline/time.js'
import { defineProgram, type Program } from '../../runtime/program.js'
import { Ear } from './ear.js'
import type { HearingEvent } from './events.js'
import type { ListeningSettings } from './settings.js'
import { VoiceActivity } from './voice-activity.js'
import { readWeights } from './weights.js'

/** What the worker is told, in order. Times are positions in the microphone's stream. */
export type HearingInput =
  | { readonly kind: 'microphone'; readonly samples: Float32Array; readonly sampleRate: number }
  /** The microphone goes on at this time; what lies between was not sent. */
  | { readonly kind: 'skip'; readonly at: Microseconds }
  | {
      readonly kind: 'playing'
      readonly samples: Float32Array
      readonly sampleRate: number
      readonly at: Microseconds
    }
  | { readonly kind: 'quiet'; readonly at: Microseconds }
  | { readonly kind: 'end' }

const WEIGHTS = 'silero_vad_16k_op15.onnx'

/** The worker's program: an {@link Ear} for each microphone, all on one graph. A step is one input. */
export default defineProgram(
  async (context): Promise<Program<ListeningSettings, HearingInput, readonly HearingEvent[]>> => {
    const graph = await context.createSession({
      name: WEIGHTS,
      bytes: await readWeights(join(context.folder, WEIGHTS)),
    })
    return {
      open(settings) {
        const ear = new Ear(new VoiceActivity(graph), settings)
        return { process: (input) => take(ear, input) }
      },
      transfer: (events) =>
        events.flatMap((event) => (event.type === 'utterance' ? [event.samples.buffer] : [])),
    }
  },
)

async function take(ear: Ear, input: HearingInput): Promise<readonly HearingEvent[]> {
  switch (input.kind) {
    case 'microphone':
      return ear.listen(input.samples, input.sampleRate)
    case 'skip':
      return ear.skipTo(input.at)
    case 'playing':
      ear.announce(input.samples, input.sampleRate, input.at)
      return []
    case 'quiet':
      ear.quiet(input.at)
      return []
    case 'end':
      return ear.end()
  }
}
