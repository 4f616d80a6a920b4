import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Lines that may wait for the disk; what comes on top of them is counted and left out. */
const MAX_LINES = 10_000

export interface ApiLogOptions {
  /** Bytes after which the file is put aside as `<file>.1`, in the place of the one before. */
  readonly maxBytes: number
  /** Told once when the file cannot be written. The service goes on without it. */
  readonly onUnexpectedError: (error: unknown) => void
}

/** A log of one line of JSON per event, for people to follow with `tail -f`. */
export class ApiLog {
  readonly #lines: string[] = []
  #lost = 0
  #hasFailed = false
  #writing: Promise<void> | undefined

  constructor(
    readonly file: string,
    readonly options: ApiLogOptions,
  ) {}

  /** Takes a line; it is written behind the caller's back. */
  write(event: { readonly event: string }): void {
    if (this.#lines.length === MAX_LINES) this.#lost++
    else this.#lines.push(lineOf(event))
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when all lines have been written. */
  async flush(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#lines.length > 0) {
      const lost = this.#lost
      const lines = this.#lines.splice(0)
      this.#lost = 0
      if (lost > 0) lines.push(lineOf({ event: 'log.lost', lines: lost }))
      try {
        await this.#append(lines.join(''))
        this.#hasFailed = false
      } catch (error) {
        if (!this.#hasFailed) this.options.onUnexpectedError(error)
        this.#hasFailed = true
      }
    }
    // In the same step as the last look at the lines, so that none is left lying.
    this.#writing = undefined
  }

  async #append(text: string): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true })
    const size = await stat(this.file).then(
      (stats) => stats.size,
      () => 0,
    )
    if (size > 0 && size + text.length > this.options.maxBytes) await rename(this.file, `${this.file}.1`)
    await appendFile(this.file, text)
  }
}

function lineOf(event: object): string {
  return `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`
}
