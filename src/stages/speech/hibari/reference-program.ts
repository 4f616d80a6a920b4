import { defineProgram } from '../../../runtime/program.js'
import { referenceStyle } from './reference-style.js'

/** Mono speech of a speaker. */
export interface ReferenceSound {
  readonly samples: Float32Array
  /** Hz. */
  readonly sampleRate: number
}

/** The worker's program: a recording in, its style out, in one step. Pitch takes 80 ms, too long for the main thread. */
export default defineProgram(() => ({
  open: () => ({
    process: ({ samples, sampleRate }: ReferenceSound) =>
      Promise.resolve(referenceStyle(samples, sampleRate)),
  }),
}))
