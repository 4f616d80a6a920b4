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

/** Seconds of media between two plain progress lines. */
const PLAIN_STEP_SECONDS = 10

/** The terminal of this process. */
export function createTerminal(): Terminal {
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
  let next = PLAIN_STEP_SECONDS
  return {
    update: (done) => {
      if (done < next) return
      note(`${title}: ${Math.floor(done)} s`)
      next = Math.floor(done / PLAIN_STEP_SECONDS + 1) * PLAIN_STEP_SECONDS
    },
    end: () => {
      // Plain lines need no taking away.
    },
  }
}
