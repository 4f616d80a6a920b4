import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A Python interpreter with `requirements.txt` installed: PHIZ_TEST_PYTHON. */
export const python: string | undefined = process.env['PHIZ_TEST_PYTHON']

/** The title of a test that needs Python, saying so where it is skipped. */
export function pythonTitle(title: string): string {
  return python === undefined ? `${title} (skipped: PHIZ_TEST_PYTHON is not set)` : title
}

export interface PythonProcess {
  readonly finished: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
  /** What it has printed so far. */
  out(): string
  kill(): void
}

/** Starts Python; what it prints arrives at once. */
export function startPython(
  args: readonly string[],
  {
    cwd,
    input = '',
    environment = {},
  }: { cwd: string; input?: string; environment?: Record<string, string> },
): PythonProcess {
  const child = spawn(python!, [...args], {
    cwd,
    env: {
      ...process.env,
      PYTHONUNBUFFERED: '1',
      PYTHONUTF8: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: fileURLToPath(new URL('./stand-ins', import.meta.url)),
      ...environment,
    },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  child.stdin.on('error', () => {
    // Python may end before it has read everything; its exit code tells.
  })
  child.stdin.end(input)
  return {
    finished: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        resolve({ code, out, err })
      })
    }),
    out: () => out,
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
