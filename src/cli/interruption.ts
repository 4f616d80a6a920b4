import { CancelledError } from '../errors.js'
import { EXIT } from './exit-code.js'

/** A run that Ctrl-C or SIGTERM can stop. */
export interface Interruption extends Disposable {
  /** Aborts on the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  /** Exit code that belongs to the signal that came, if one came. */
  readonly exitCode: number | undefined
}

/**
 * Listens for Ctrl-C and SIGTERM. The first one aborts the signal, after which the command cleans up and ends by
 * itself: leaving at once would abort the process in the middle of a native run and leave half files behind.
 * Further ones while it does so are ignored.
 */
export function onInterruption(): Interruption {
  const controller = new AbortController()
  let exitCode: number | undefined
  const stop = (code: number) => (): void => {
    exitCode ??= code
    controller.abort(new CancelledError('Stopped.'))
  }
  const onInterrupt = stop(EXIT.interrupted)
  const onTerminate = stop(EXIT.terminated)
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    [Symbol.dispose]: () => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}
