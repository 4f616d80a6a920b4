import { defineProgram } from '../runtime/program.js'
import type { GraphTensors } from './tensor-difference.js'

/** Loads one graph of a folder after the other, as an engine would, and says what goes in and out of it. */
export default defineProgram((context) => ({
  open: () => ({
    process: async (graph: string): Promise<GraphTensors> => {
      const session = await context.createSession(graph)
      const { inputs, outputs } = session
      await session.release()
      return { inputs, outputs }
    },
  }),
}))
