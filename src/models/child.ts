import { spawn, type ChildProcess } from 'node:child_process'
import { environmentWith } from '../config/environment.js'

export interface ChildOptions {
  readonly signal: AbortSignal
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface ChildEnd {
  /** Whether there is such a command. */
  readonly found: boolean
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Of a command that will not stop talking, the beginning is kept. */
const MOST_OUTPUT = 65_536
/** After being asked to stop, a command has so long before it is ended. */
const PATIENCE_MS = 2_000

/**
 * Runs a command to its end, with nothing on its standard input.
 *
 * @throws the signal's error when it aborts, after the command and all that it started have ended.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { signal, environment = {} }: ChildOptions,
): Promise<ChildEnd> {
  signal.throwIfAborted()
  const child = spawn(command, args, {
    env: environmentWith(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what the command starts can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  let found = true
  const out = collect(child.stdout)
  const err = collect(child.stderr)
  let impatience: NodeJS.Timeout | undefined
  const stop = (): void => {
    end(child, 'SIGTERM')
    impatience = setTimeout(() => {
      end(child, 'SIGKILL')
    }, PATIENCE_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => {
      found = false
    })
    child.once('close', resolve)
  })
  signal.removeEventListener('abort', stop)
  clearTimeout(impatience)
  signal.throwIfAborted()
  return { found, code, out: out(), err: err() }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (piece: string) => {
    if (text.length < MOST_OUTPUT) text += piece
  })
  return () => text.trim()
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // It has just ended by itself.
  }
}
