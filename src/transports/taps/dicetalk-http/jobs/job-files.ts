import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatJob, isJobId, parseJob, type JobRecord } from './job.js'

const RECORD = 'job.json'
const IMAGE = 'image'
const AUDIO = 'audio'
const RESULT = 'result.mp4'
/** Uploads that no job has yet. */
const INCOMING = '.incoming'
/** A job that is being made, and one on its way out. Neither is ever taken for a job. */
const NEW = '.new-'
const GONE = '.gone-'

/** A job as it was found on the disk; without a record when that cannot be read. */
export interface FoundJob {
  readonly id: string
  readonly record: JobRecord | undefined
  /** When its record was written, in milliseconds since 1970. */
  readonly writtenAt: number
}

/**
 * The jobs of one folder, each in a folder of its own: its record, what was uploaded for it, and its film. Each change
 * is there as a whole or not at all, even when the process is killed in the middle.
 */
export class JobFiles {
  constructor(readonly folder: string) {}

  /** Where uploads may be kept until a job takes them. */
  get incoming(): string {
    return join(this.folder, INCOMING)
  }

  image(id: string): string {
    return join(this.folder, id, IMAGE)
  }

  audio(id: string): string {
    return join(this.folder, id, AUDIO)
  }

  result(id: string): string {
    return join(this.folder, id, RESULT)
  }

  /** Makes the folder, and removes what an earlier process had not finished. */
  async prepare(): Promise<void> {
    await rm(this.incoming, { recursive: true, force: true })
    await mkdir(this.incoming, { recursive: true })
    for (const name of await readdir(this.folder)) {
      if (name.startsWith(NEW) || name.startsWith(GONE)) await this.#discard(name)
    }
  }

  /** All jobs, in no order. */
  async load(): Promise<FoundJob[]> {
    const found: FoundJob[] = []
    for (const id of (await readdir(this.folder)).filter(isJobId)) {
      const path = join(this.folder, id, RECORD)
      const record = parseJob(await readFile(path, 'utf8').catch(() => ''))
      const { mtimeMs } = await stat(path).catch(() => stat(join(this.folder, id)))
      found.push({ id, record: record?.id === id ? record : undefined, writtenAt: mtimeMs })
    }
    return found
  }

  /** Stores a new job; uploads are moved to it. */
  async create(
    record: JobRecord,
    uploads?: { readonly image: string; readonly audio: string },
  ): Promise<void> {
    const folder = join(this.folder, NEW + record.id)
    await mkdir(folder)
    if (uploads !== undefined) {
      await rename(uploads.image, join(folder, IMAGE))
      await rename(uploads.audio, join(folder, AUDIO))
    }
    await writeThrough(join(folder, RECORD), formatJob(record))
    await rename(folder, join(this.folder, record.id))
  }

  /** Stores a new job that has its film already: that of another job, of which it takes no room. */
  async createWithResult(record: JobRecord, original: string): Promise<void> {
    const folder = join(this.folder, NEW + record.id)
    await mkdir(folder)
    await linkOrCopy(this.result(original), join(folder, RESULT))
    await writeThrough(join(folder, RECORD), formatJob(record))
    await rename(folder, join(this.folder, record.id))
  }

  /** Stores what has become of a job. */
  async save(record: JobRecord): Promise<void> {
    const path = join(this.folder, record.id, RECORD)
    await writeThrough(`${path}.new`, formatJob(record))
    await rename(`${path}.new`, path)
  }

  /** Gives a job the film of another. */
  async shareResult(original: string, id: string): Promise<void> {
    if (await this.hasResult(id)) return
    await linkOrCopy(this.result(original), this.result(id))
  }

  async hasResult(id: string): Promise<boolean> {
    return stat(this.result(id)).then(
      (stats) => stats.isFile(),
      () => false,
    )
  }

  /** Removes what a job needs no more: once it has ended its uploads, and always what is half-made. */
  async tidy(id: string, { keepUploads }: { readonly keepUploads: boolean }): Promise<void> {
    const kept = new Set(keepUploads ? [RECORD, RESULT, IMAGE, AUDIO] : [RECORD, RESULT])
    for (const name of await readdir(join(this.folder, id))) {
      if (!kept.has(name)) await rm(join(this.folder, id, name), { recursive: true, force: true })
    }
  }

  /** Removes a job. */
  async remove(id: string): Promise<void> {
    await rename(join(this.folder, id), join(this.folder, GONE + id)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
    await this.#discard(GONE + id)
  }

  #discard(name: string): Promise<void> {
    return rm(join(this.folder, name), { recursive: true, force: true })
  }
}

/** Not all file systems have links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
    await copyFile(from, `${to}.new`)
    await rename(`${to}.new`, to)
  }
}

/** Writes a file and waits until the disk has it. */
async function writeThrough(path: string, content: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}
