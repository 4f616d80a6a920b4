import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../bin/phiz.js', import.meta.url))

/** Such as `film.mp4: 4 of about 8 s`. */
const PROGRESS = /^.*: \d+ of about \d+ s\n/gm

export interface Finished {
  readonly code: number | null
  readonly out: string
  /** What it wrote to standard error, without lines of progress: those depend on how fast the machine is. */
  readonly err: string
}

export interface RunOptions {
  readonly cwd: string
  readonly input?: string | Uint8Array
  readonly environment?: Readonly<Record<string, string>>
}

/** The built `phiz` command, running. */
export interface Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when standard output has matched. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
}

/** Test files run side by side: their servers must not meet on the ports that the taps have by default. */
export const FREE_TAP_PORTS = {
  PHIZ_TAPS_MUSETALK_WS: '0',
  PHIZ_TAPS_MUSETALK_HTTP: '0',
  PHIZ_TAPS_INDEXTTS_WS: '0',
  PHIZ_TAPS_LAM: '0',
  PHIZ_TAPS_DICETALK: '0',
} as const

/** Starts the built command. */
export function startPhiz(args: readonly string[], { cwd, input, environment = {} }: RunOptions): Running {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd,
    env: { ...process.env, ...FREE_TAP_PORTS, ...environment },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  child.stdin.on('error', () => {
    // The command may end before it has read everything.
  })
  child.stdin.end(input)
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, out, err: err.replace(PROGRESS, '') })
    })
  })
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(out)
        if (match !== null) resolve(match)
      }
      child.stdout.on('data', look)
      look()
      void finished.then((end) => {
        reject(
          new Error(
            `phiz ended with ${end.code ?? 'a signal'} before it printed ${pattern.source}: ${end.err}`,
          ),
        )
      })
    })
  return { child, finished, printed }
}

/** Runs the built command to its end. */
export function runPhiz(args: readonly string[], options: RunOptions): Promise<Finished> {
  return startPhiz(args, options).finished
}
