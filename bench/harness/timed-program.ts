import { appendFileSync } from 'node:fs'
import { importProgram } from '../../src/runtime/import-program.js'
import { defineProgram, type OrtSession, type ProgramContext } from '../../src/runtime/program.js'

export interface TimedConfig {
  /** URL of the program that is timed. */
  readonly program: string
  /** What it takes itself. */
  readonly config: unknown
  /** File that the time of every run is appended to: milliseconds, as a float64. */
  readonly clock: string
}

/** Another program as it is, but for a clock around every run of its graphs. It works in threads and processes alike. */
export default defineProgram(async (context, { program, config, clock }: TimedConfig) => {
  const { load } = await importProgram(program)
  const timed: ProgramContext = {
    folder: context.folder,
    device: context.device,
    createSession: async (graph, options) => withClock(await context.createSession(graph, options), clock),
  }
  return load(timed, config)
})

function withClock(session: OrtSession, clock: string): OrtSession {
  const run = async (
    inputs: Parameters<OrtSession['run']>[0],
    outputs: readonly string[],
  ): ReturnType<OrtSession['run']> => {
    const begun = performance.now()
    const results = await session.run(inputs, outputs)
    appendFileSync(clock, new Uint8Array(Float64Array.of(performance.now() - begun).buffer))
    return results
  }
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    run: run as OrtSession['run'],
    release: () => session.release(),
  }
}
