import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const loader = import.meta.resolve('tsx')

/** How a program ended, and what it had said. */
export interface MortalEnd {
  /** By SIGKILL. */
  readonly hasDied: boolean
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a program in a process of its own, until it ends or is killed, as by the fixture `mortal-disk`. */
export async function runMortal(program: URL, ...args: readonly (string | number)[]): Promise<MortalEnd> {
  const child = spawn(process.execPath, ['--import', loader, fileURLToPath(program), ...args.map(String)])
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { hasDied: signal === 'SIGKILL', code, out, err }
}
