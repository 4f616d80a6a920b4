import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A collection on demand, without a flag on the command line that runs the tests. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collectNow = runInNewContext('gc') as () => void
  collectNow()
}
