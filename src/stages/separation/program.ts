import { defineProgram } from '../../runtime/program.js'
import { VoiceFilter } from './voice-filter.js'

/** The worker's program: samples in, the voice in them out, some seconds behind. A step is one input. */
export default defineProgram(() => ({
  open: () => {
    const filter = new VoiceFilter()
    return {
      process: (samples: Float32Array) => Promise.resolve(filter.process(samples)),
      flush: () => filter.flush(),
    }
  },
  transfer: (samples: Float32Array) => [samples.buffer],
}))
