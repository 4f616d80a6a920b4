import { InputError } from '../../../errors.js'

/** What the fields of a form hold: text, or the bytes of a file as a view of the body. */
export type FormFields = Readonly<Record<string, string | Uint8Array>>

/** Parts in a form: far more than any endpoint has fields, and few enough to be nothing. */
const MAX_PARTS = 32
/** Bytes of a part's headers. */
const MAX_HEADER_BYTES = 4096

/**
 * Takes a `multipart/form-data` body apart (RFC 7578 on RFC 2046). A part with a file name is a file, others are
 * text; of parts with the same name the last counts. Nothing is copied, and what comes after the last part is ignored.
 *
 * @param contentType the header, which names the boundary
 * @throws InputError when the body is no form, or a damaged one
 */
export function parseMultipart(body: Uint8Array, contentType: string): FormFields {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`, 'latin1')
  const between = Buffer.concat([Buffer.from('\r\n'), delimiter])
  const fields = new Map<string, string | Uint8Array>()

  let at = bytes.indexOf(delimiter)
  for (let parts = 0; at >= 0; parts++) {
    at += delimiter.length
    if (bytes.toString('latin1', at, at + 2) === '--') return Object.fromEntries(fields)
    if (parts === MAX_PARTS) throw new InputError(`The form has more than ${MAX_PARTS} parts.`)
    const head = bytes.subarray(at, at + MAX_HEADER_BYTES)
    const headLength = head.indexOf('\r\n\r\n')
    const end = headLength < 0 ? -1 : bytes.indexOf(between, at + headLength + 2)
    if (end < 0) break
    const { name, isFile } = describePart(head.toString('utf8', 0, headLength + 2))
    const content = bytes.subarray(Math.min(at + headLength + 4, end), end)
    fields.set(name, isFile ? content : content.toString('utf8'))
    at = end + 2
  }
  throw new InputError('The body is not a complete multipart/form-data.')
}

function boundaryOf(contentType: string): string {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType,
  )
  const boundary = match?.[1] ?? match?.[2]
  if (boundary !== undefined) return boundary
  throw new InputError(
    `The content type is "${contentType.slice(0, 200)}"; it must be multipart/form-data with a boundary.`,
  )
}

/** Reads a part's headers: a blank line's worth of `Content-Disposition` and others. */
function describePart(headers: string): { readonly name: string; readonly isFile: boolean } {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1] ?? ''
  const match = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition)
  const name = match?.[1] ?? match?.[2]
  if (name === undefined) throw new InputError('A part of the form has no name.')
  return { name, isFile: /;\s*filename\*?=/i.test(disposition) }
}
