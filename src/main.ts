import { exitCodeOf, EXIT } from './cli/exit-code.js'
import { onInterruption } from './cli/interruption.js'
import { createProgram, isUsageError } from './cli/program.js'
import { createTerminal, type Terminal } from './cli/terminal.js'
import { PhizError } from './errors.js'

/** Runs the command line and sets the process's exit code. The process ends by itself once nothing runs any more. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = createTerminal()
  using interruption = onInterruption()
  try {
    await createProgram({ terminal, signal: interruption.signal }).parseAsync(argv)
    process.exitCode = EXIT.ok
  } catch (error) {
    process.exitCode = report(error, terminal, interruption.exitCode)
  }
}

function report(error: unknown, terminal: Terminal, interrupted: number | undefined): number {
  // Commander has printed its own message; help and version are no errors.
  if (isUsageError(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (interrupted !== undefined) {
    terminal.note('Stopped.')
    return interrupted
  }
  if (PhizError.isInstance(error)) {
    terminal.note(`Error: ${error.message}`)
    return exitCodeOf(error)
  }
  terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.failed
}
