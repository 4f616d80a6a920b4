import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PhizError } from '../../errors.js'
import { fileProblem } from '../../media/file-problem.js'
import type { Place } from '../http/without-place.js'

export interface RecordingLimits {
  /** Longest film, in seconds. */
  readonly maxSeconds: number
  /** Films that are kept. */
  readonly maxCount: number
  /** Bytes of all that are kept. */
  readonly maxBytes: number
}

/** Where a film is to be written. */
export interface RecordingPlace {
  /** Names the film; it cannot be guessed. */
  readonly id: string
  readonly path: string
  /** Where it is served, as a path on this server. */
  readonly url: string
}

/** Where the films are served, and the form of their names. */
export const RECORDINGS_PATH = '/v1/recordings'
const FILM = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.mp4$/
/** A film that is being written, by {@link createMp4Writer}. */
const PARTIAL = /\.mp4\.partial-[\da-f]+$/
/** One that was not written to for this long belongs to a process that has died: the longest film takes an hour. */
const ABANDONED_MS = 3_600_000

interface KeptFilm {
  readonly path: string
  readonly bytes: number
  readonly writtenMs: number
}

/** Films of conversations, in a folder: of the finished ones the latest are kept. */
export class RecordingStore {
  readonly limits: RecordingLimits
  readonly #folder: string

  constructor(folder: string, limits: RecordingLimits) {
    this.#folder = folder
    this.limits = limits
  }

  /** The folder, and what clients may know it as. */
  get place(): Place {
    return { path: this.#folder, name: 'this server' }
  }

  /**
   * A place for a new film, which is there only when it is whole. Removes what dead processes have left.
   * @throws InputError or MediaError when the folder cannot be written
   */
  async begin(): Promise<RecordingPlace> {
    const id = randomUUID()
    try {
      await mkdir(this.#folder, { recursive: true })
    } catch (error) {
      throw fileProblem(error, `The folder of recordings, ${this.#folder}, cannot be made`)
    }
    for (const { path, writtenMs } of await this.#files(PARTIAL)) {
      if (Date.now() - writtenMs > ABANDONED_MS) await remove(path)
    }
    return { id, path: this.#pathOf(id), url: `${RECORDINGS_PATH}/${id}` }
  }

  /**
   * A film has been finished: the oldest go where there are too many.
   * @returns its bytes
   */
  async finish({ path }: RecordingPlace): Promise<number> {
    const { size } = await stat(path)
    const films = await this.#files(FILM)
    films.sort((one, other) => other.writtenMs - one.writtenMs)
    let [count, bytes] = [1, size]
    for (const film of films) {
      if (film.path === path) continue
      count += 1
      bytes += film.bytes
      if (count > this.limits.maxCount || bytes > this.limits.maxBytes) await remove(film.path)
    }
    return size
  }

  /**
   * Where a finished film is.
   * @throws PhizError `not-found`
   */
  async find(id: string): Promise<string> {
    const path = this.#pathOf(id)
    // A name of another form would lead elsewhere.
    if (!FILM.test(`${id}.mp4`)) throw notFound(id)
    await stat(path).catch(() => {
      throw notFound(id)
    })
    return path
  }

  /** Removes a finished film. @throws PhizError `not-found` */
  async remove(id: string): Promise<void> {
    await rm(await this.find(id), { force: true })
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.mp4`)
  }

  async #files(form: RegExp): Promise<KeptFilm[]> {
    const names = (await readdir(this.#folder)).filter((name) => form.test(name))
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name)
        const about = await stat(path).catch(() => undefined)
        return about && { path, bytes: about.size, writtenMs: about.mtimeMs }
      }),
    )
    // Another process may have removed one meanwhile.
    return files.filter((file) => file !== undefined)
  }
}

/** What is said where there is no such film. */
export function unknownRecording(id: string): string {
  const shown = JSON.stringify(id.length > 80 ? `${id.slice(0, 79)}…` : id)
  return `There is no recording ${shown}: it is not finished, was removed, or never was.`
}

function notFound(id: string): PhizError {
  return new PhizError('not-found', unknownRecording(id))
}

/** What cannot be removed now is the oldest the next time as well. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined)
}
