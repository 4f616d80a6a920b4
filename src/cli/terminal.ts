import { Presets, SingleBar } from 'cli-progress'

/** Where a command speaks to its user: results on standard output, progress and errors on standard error. */
export interface Terminal {
  /** A result. */
  print(line: string): void
  /** What is going on, and what went wrong. */
  note(line: string): void
  /** Starts showing progress: a bar on a terminal, plain lines elsewhere. */
  progress(title: string): Progress
}

export interface Progress {
  /** Seconds of media done, of as many as expected; the expectation may change. */
  update(done: number, expected: number): void
  /** Takes the bar away. */
  end(): void
}

/** Wall time between two plain progress lines: a log of a long run stays readable. */
const PLAIN_INTERVAL_MS = 5_000

/** The terminal of this process. */
export function createTerminal(): Terminal {
  // A reader that has left (`phiz doctor | head -1`) is no reason to fail.
  process.stdout.on('error', ignoreClosedPipe)
  process.stderr.on('error', ignoreClosedPipe)
  const note = (line: string): void => {
    process.stderr.write(`${line}\n`)
  }
  return {
    print: (line) => {
      process.stdout.write(`${line}\n`)
    },
    note,
    progress: (title) => (process.stderr.isTTY ? barProgress(title) : plainProgress(title, note)),
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

function barProgress(title: string): Progress {
  const bar = new SingleBar(
    { format: `${title} {bar} {done} s`, hideCursor: true, clearOnComplete: true, stream: process.stderr },
    Presets.shades_classic,
  )
  bar.start(1, 0, { done: '0.0' })
  return {
    update: (done, expected) => {
      bar.setTotal(Math.max(expected, done, 0.01))
      bar.update(done, { done: done.toFixed(1) })
    },
    end: () => {
      bar.stop()
    },
  }
}

function plainProgress(title: string, note: (line: string) => void): Progress {
  let due = performance.now() + PLAIN_INTERVAL_MS
  return {
    update: (done, expected) => {
      if (performance.now() < due) return
      due = performance.now() + PLAIN_INTERVAL_MS
      note(`${title}: ${Math.floor(done)} of about ${Math.ceil(Math.max(done, expected))} s`)
    },
    end: () => {
      // Plain lines need no taking away.
    },
  }
}
