import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { PhizError } from '../../errors.js'

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface FilmDownload {
  /** What it is saved as. */
  readonly fileName: string
  /** What to say when it has been removed. */
  readonly notFound: string
}

/**
 * Answers with a film from the disk, the part that a `Range` asks for (RFC 9110, section 14) or the whole. A film that
 * is removed meanwhile is still sent to its end.
 * @throws PhizError `not-found` when it has been removed already
 */
export async function filmResponse(
  path: string,
  request: Request,
  { fileName, notFound }: FilmDownload,
): Promise<Response> {
  const file = await open(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new PhizError('not-found', notFound)
  })
  let isHandedOn = false
  try {
    const { size } = await file.stat()
    const headers = new Headers({
      'content-type': 'video/mp4',
      'content-disposition': `attachment; filename="${fileName}"`,
      'accept-ranges': 'bytes',
    })
    // A film has no tag by which `If-Range` could tell that it is the same, so that header means the whole.
    const asked = request.headers.has('if-range') ? undefined : request.headers.get('range')
    const range = rangeOf(asked ?? undefined, size)
    if (range === 'unsatisfiable') {
      return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } })
    }
    const { start, end } = range ?? { start: 0, end: size - 1 }
    headers.set('content-length', String(end - start + 1))
    if (range !== undefined) headers.set('content-range', `bytes ${start}-${end}/${size}`)
    const status = range === undefined ? 200 : 206
    if (request.method === 'HEAD') return new Response(null, { status, headers })
    const stream = file.createReadStream({ start, end })
    isHandedOn = true
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status, headers })
  } finally {
    if (!isHandedOn) await file.close()
  }
}

/**
 * The one range that a `Range` header asks for; undefined where the whole is to be sent: without a header, for one
 * that cannot be read, and for several ranges.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined
  return start > end ? 'unsatisfiable' : { start, end }
}
