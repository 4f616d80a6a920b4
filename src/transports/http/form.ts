import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { CancelledError, InputError, type PhizError } from '../../errors.js'
import { BodyTooLargeError, discardRest, readPiece, refuseAnnounced, tooLarge } from './body.js'
import { storeUpload, type UploadedFile } from './uploaded-file.js'
import { untilAborted } from './until-aborted.js'

/** Parts in a form: far more than any endpoint has fields, and few enough to be nothing. */
const MAX_PARTS = 32
/** Bytes of one text field. */
const MAX_TEXT_BYTES = 64 * 1024
/** Bytes and number of a part's headers. */
const MAX_HEADER_BYTES = 4096
const MAX_HEADERS = 16
/** Bytes of a body beside its files, where no limit is given: its text and the headers of its parts. */
const SPARE_BYTES = 2 ** 20
/** Bytes that may have been read and not yet written. */
const MAX_BUFFERED_BYTES = 256 * 1024
const DEFAULT_TIME_MS = 5 * 60_000

export interface FormLimits {
  /** The file fields that are taken, and the bytes that each may have. Files of other names are read over. */
  readonly files: Readonly<Record<string, number>>
  /** Bytes of the whole body. Default: those of all files, and 1 MiB. */
  readonly maxBodyBytes?: number
  /** Milliseconds in which the whole body must have come. Default: 5 minutes. */
  readonly maxTimeMs?: number
  /** Where files are kept, in a folder of their own. Default: the system's folder for temporary files. */
  readonly folder?: string
  /** Stops the reading, as a client that goes does. */
  readonly signal?: AbortSignal
}

/** A body that has not come in the time that it was given: HTTP 408. */
export class SlowBodyError extends InputError {}

/** A form that was read. Its files live until it is disposed of. */
export class Form implements AsyncDisposable {
  constructor(
    /** The fields by name; of fields with the same name the last counts. */
    readonly fields: Readonly<Record<string, string | UploadedFile>>,
    readonly folder: string,
  ) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

/**
 * Reads a `multipart/form-data` body (RFC 7578) as it comes in. A part with a file name is a file and goes to the disk
 * piece by piece, no faster than the disk takes it; others are text. Nothing of a form that fails is left behind.
 *
 * @throws BodyTooLargeError at the byte that passes a limit, naming the field and the limit; at once when the body
 * announces itself as larger
 * @throws SlowBodyError when it takes too long, CancelledError when a signal aborts
 * @throws InputError when it is no form, a damaged one, or breaks off
 */
export async function readForm(request: Request, limits: FormLimits): Promise<Form> {
  const sum = Object.values(limits.files).reduce((total, bytes) => total + bytes, 0)
  const maxBodyBytes = limits.maxBodyBytes ?? sum + SPARE_BYTES
  refuseAnnounced(request, maxBodyBytes)
  const parser = openParser(request.headers.get('content-type') ?? '')
  const folder = await mkdtemp(join(limits.folder ?? tmpdir(), 'phiz-upload-'))
  const receiver = new Receiver(parser, folder, limits.files)
  const stop = (error: PhizError): void => {
    receiver.fail(error)
  }
  const leave = (): void => {
    stop(new CancelledError('The upload was cancelled.'))
  }
  const { maxTimeMs = DEFAULT_TIME_MS } = limits
  const timer = setTimeout(() => {
    stop(new SlowBodyError(`The body did not come within ${maxTimeMs / 1000} seconds.`))
  }, maxTimeMs)
  // One of its own: many forms at once would be many listeners on what they share.
  const signal = AbortSignal.any([request.signal, ...(limits.signal === undefined ? [] : [limits.signal])])
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  try {
    return new Form(await receiver.receive(request, maxBodyBytes), folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}

function openParser(contentType: string): BusboyInstance {
  const problem = `The content type is "${contentType.slice(0, 200)}"; it must be multipart/form-data with a boundary.`
  // The parser would also take other kinds of forms.
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw new InputError(problem)
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (_name, _type, fileName) => fileName !== undefined,
      // The parser waits for ever once a part that it skips has filled its buffer. So its buffers have no bound of
      // their own, and the receiver hands it no more while there is too much in them.
      fileHwm: Number.MAX_SAFE_INTEGER,
      limits: {
        parts: MAX_PARTS,
        fieldSize: MAX_TEXT_BYTES,
        headerSize: MAX_HEADER_BYTES,
        headerPairs: MAX_HEADERS,
      },
    })
  } catch (error) {
    throw new InputError(problem, { cause: error })
  }
}

/** Takes one body apart. It settles when nothing more is read or written, whichever way that comes. */
class Receiver {
  readonly #parser: BusboyInstance
  readonly #folder: string
  readonly #limits: Readonly<Record<string, number>>
  readonly #failed = new AbortController()
  readonly #finished: Promise<void>
  readonly #fields = new Map<string, string | UploadedFile>()
  readonly #open = new Set<BusboyFileStream>()
  readonly #stores: Promise<void>[] = []
  #onProgress = (): void => undefined

  constructor(parser: BusboyInstance, folder: string, limits: Readonly<Record<string, number>>) {
    this.#parser = parser
    this.#folder = folder
    this.#limits = limits
    this.#finished = new Promise((resolve) => parser.once('finish', resolve))
    parser.on('error', (error) => {
      this.fail(damaged(error))
    })
    parser.on('partsLimit', () => {
      this.fail(new InputError(`The form has more than ${MAX_PARTS} parts.`))
    })
    parser.on('field', (name: string | undefined, value, _nameTruncated, isTruncated) => {
      if (name === undefined) this.fail(new InputError('A part of the form has no name.'))
      else if (isTruncated) this.fail(fieldTooLarge(name, MAX_TEXT_BYTES))
      else this.#fields.set(name, value)
    })
    parser.on('file', (name: string | undefined, stream) => {
      this.#takeFile(name, stream)
    })
  }

  /** Stops with the first error that is told. */
  fail(error: unknown): void {
    this.#failed.abort(error)
  }

  async receive(request: Request, maxBytes: number): Promise<Record<string, string | UploadedFile>> {
    const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader()
    try {
      for (let bytes = 0; reader !== undefined;) {
        const piece = await this.#wait(readPiece(reader))
        if (piece === undefined) break
        bytes += piece.length
        if (bytes > maxBytes) throw tooLarge(maxBytes)
        await this.#parse(piece)
      }
      this.#parser.end()
      await this.#wait(this.#finished)
      await this.#wait(Promise.all(this.#stores))
      return Object.fromEntries(this.#fields)
    } catch (error) {
      this.fail(error)
      if (reader !== undefined) discardRest(reader)
      for (const stream of this.#open) stream.destroy()
      await Promise.all(this.#stores)
      throw this.#failed.signal.reason
    }
  }

  async #parse(piece: Uint8Array): Promise<void> {
    let isRoom: boolean
    try {
      isRoom = this.#parser.write(piece)
    } catch (error) {
      throw damaged(error)
    }
    if (!isRoom) await this.#wait(new Promise<void>((resolve) => this.#parser.once('drain', resolve)))
    while (this.#buffered > MAX_BUFFERED_BYTES) {
      await this.#wait(new Promise<void>((resolve) => (this.#onProgress = resolve)))
    }
  }

  get #buffered(): number {
    let bytes = 0
    for (const stream of this.#open) bytes += stream.readableLength
    return bytes
  }

  #takeFile(name: string | undefined, stream: BusboyFileStream): void {
    // The parser tells the same error itself; unheard here, it would end the process.
    stream.on('error', () => undefined)
    const limit = name !== undefined && Object.hasOwn(this.#limits, name) ? this.#limits[name] : undefined
    if (name === undefined || limit === undefined) {
      if (name === undefined) this.fail(new InputError('A part of the form has no name.'))
      stream.resume()
      return
    }
    this.#open.add(stream)
    const path = join(this.#folder, String(this.#stores.length))
    const stored = storeUpload(stream, path, {
      maxBytes: limit,
      excess: () => fieldTooLarge(name, limit),
      onProgress: () => {
        this.#onProgress()
      },
    }).then(
      (file) => {
        this.#fields.set(name, file)
      },
      (error: unknown) => {
        this.fail(error)
      },
    )
    const closed = stored.finally(() => {
      this.#open.delete(stream)
      this.#onProgress()
    })
    this.#stores.push(closed)
  }

  #wait<T>(work: Promise<T>): Promise<T> {
    return untilAborted(work, this.#failed.signal)
  }
}

function fieldTooLarge(name: string, bytes: number): BodyTooLargeError {
  return new BodyTooLargeError(`${name.slice(0, 100)} is larger than ${bytes} bytes.`)
}

function damaged(error: unknown): InputError {
  return new InputError('The body is not a complete multipart/form-data.', { cause: error })
}
