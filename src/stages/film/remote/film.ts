import { openAsBlob } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { InputError, UnavailableError } from '../../../errors.js'
import { fileProblem } from '../../../media/file-problem.js'
import { createPartialFile } from '../../../media/partial-file.js'
import { ask, askJson, HttpStatusError } from '../../../net/http.js'
import { badAnswer, quoted, refusedBy, type RemoteServer } from '../../../net/server.js'
import type { FilmMaker, FilmOptions, FilmRequest } from '../film.js'
import { fileKind } from './file-kind.js'
import { settingFields, startedAnswer, statusAnswer } from './protocol.js'

export interface RemoteFilmOptions {
  readonly server: RemoteServer
  /** Milliseconds between two questions how far it is. Default: 1000. */
  readonly pollMs?: number
}

const DEFAULT_POLL_MS = 1_000
/** What a slow line carries, in bytes a millisecond: an upload may take that much longer. */
const SLOWEST_UPLOAD = 100
/** Bytes of a finished film at the most: five minutes at a rate that no film reaches. */
const MOST_FILM_BYTES = 2 * 2 ** 30
/** How much of the progress is left for the download. */
const MAKING = 0.95

/** Statuses that say the request is at fault: bad, too large, unprocessable. */
const CALLER_IS_AT_FAULT = new Set([400, 413, 415, 422])

/**
 * Films by a DICE-Talk HTTP server: portrait and sound are uploaded from the disk as a stream, and the film is downloaded
 * as one. A server that is away for a moment while it works is asked again.
 *
 * The protocol has no way to stop a task: a cancelled film is finished by the server for nobody.
 */
export function remoteFilm({ server, pollMs = DEFAULT_POLL_MS }: RemoteFilmOptions): FilmMaker {
  return {
    name: `remote ${server.address.shown}`,
    make: async (request, options) => {
      const film = await createPartialFile(request.output)
      try {
        const task = await upload(server, request, options)
        await untilMade(server, task, pollMs, options)
        await download(server, task, film.path, options)
        options.signal.throwIfAborted()
        await film.commit()
      } catch (error) {
        await film.discard()
        throw error
      }
      options.onProgress?.(1, 'Done')
    },
  }
}

async function upload(
  server: RemoteServer,
  { portrait, audio, settings }: FilmRequest,
  { signal, onProgress }: FilmOptions,
): Promise<string> {
  onProgress?.(0, 'Uploading')
  const image = await fileOf(portrait, 'portrait')
  const sound = await fileOf(audio, 'audio')
  const body = new FormData()
  body.append('image', image.content, image.name)
  body.append('audio', sound.content, sound.name)
  for (const [name, value] of Object.entries(settingFields(settings))) body.append(name, value)
  const timeoutMs = server.timeoutMs + (image.content.size + sound.content.size) / SLOWEST_UPLOAD
  const request = { method: 'POST', path: '/api/v1/synthesis/start', body, signal, timeoutMs } as const
  try {
    return (await askJson(server, request, startedAnswer)).task_id
  } catch (error) {
    if (error instanceof HttpStatusError && CALLER_IS_AT_FAULT.has(error.status)) {
      throw new InputError(error.message, { cause: error })
    }
    throw error
  }
}

/** A file that is read from the disk while it is sent, named for what is in it. */
async function fileOf(
  path: string,
  field: string,
): Promise<{ readonly content: Blob; readonly name: string }> {
  try {
    const blob = await openAsBlob(path)
    const { type, ending } = fileKind(new Uint8Array(await blob.slice(0, 12).arrayBuffer()))
    return { content: blob.slice(0, blob.size, type), name: `${field}${ending}` }
  } catch (error) {
    throw fileProblem(error, `${field}: ${path} cannot be read`)
  }
}

async function untilMade(
  server: RemoteServer,
  task: string,
  pollMs: number,
  { signal, onProgress }: FilmOptions,
): Promise<void> {
  let most = 0
  let lastHeard = performance.now()
  for (;;) {
    const status = await statusOf(server, task, signal).catch((error: unknown) => {
      const mayComeBack = error instanceof UnavailableError && error.retryable
      if (!mayComeBack || performance.now() - lastHeard > server.timeoutMs) throw error
      return undefined
    })
    signal.throwIfAborted()
    if (status !== undefined) {
      lastHeard = performance.now()
      if (status.status === 'FAILED') throw refusedBy(server, status.message)
      most = Math.max(most, Math.min(1, Math.max(0, status.progress)))
      onProgress?.(most * MAKING, quoted(status.message))
      if (status.status === 'COMPLETED') return
    }
    // Node ends the wait with an error of its own; the signal's says why.
    await sleep(pollMs, undefined, { signal }).catch(() => {
      signal.throwIfAborted()
    })
  }
}

async function statusOf(server: RemoteServer, task: string, signal: AbortSignal) {
  const path = `/api/v1/synthesis/${encodeURIComponent(task)}/status`
  return askJson(server, { method: 'GET', path, signal }, statusAnswer)
}

async function download(
  server: RemoteServer,
  task: string,
  path: string,
  { signal, onProgress }: FilmOptions,
): Promise<void> {
  onProgress?.(MAKING, 'Downloading')
  const route = `/api/v1/synthesis/${encodeURIComponent(task)}/download`
  const answer = await ask(server, { method: 'GET', path: route, signal })
  const announced = Number(answer.header('content-length') ?? Number.NaN)
  const file = await open(path, 'w')
  let length = 0
  try {
    for await (const piece of answer.pieces()) {
      length += piece.length
      if (length > MOST_FILM_BYTES)
        throw badAnswer(server, `its film is larger than ${MOST_FILM_BYTES} bytes`)
      await file.writeFile(piece)
    }
  } catch (error) {
    throw fileProblem(error, 'The film cannot be written')
  } finally {
    await file.close()
  }
  if (length === 0 || (Number.isFinite(announced) && length !== announced)) {
    throw badAnswer(server, `its film has ${length} bytes where ${announced} were announced`)
  }
}
