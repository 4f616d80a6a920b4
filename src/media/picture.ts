/** Picture files → RGB pixels, on libuv's threads. */
import { readFile } from 'node:fs/promises'
import { CancelledError, InputError, MediaError } from '../errors.js'
import { fileProblem } from './file-problem.js'
import { type PictureFormat, recogniseFormat } from './picture-format.js'
import { readableFileSize } from './readable-file.js'
import type { RgbPicture } from './rgb-picture.js'
import { type Metadata, type Sharp, sharp, toRgb } from './sharp.js'

export interface ReadPictureOptions {
  /** Refuse a file with more bytes than this. */
  readonly maxBytes: number
  /** Refuse a picture with more pixels than this, before any is decoded. */
  readonly maxPixels: number
  /** What errors call the picture. Default: the path. */
  readonly name?: string
  /** Ends the reading with a CancelledError, once the step that is running has ended. */
  readonly signal?: AbortSignal
}

/** A picture and the format it was stored in. */
export interface ReadPicture extends RgbPicture {
  readonly format: PictureFormat
}

/** Red, green, blue or four inks, and alpha. A TIFF can claim thousands. */
const MAX_CHANNELS = 5

/** What shines through where a picture is transparent. */
const BACKGROUND = '#ffffff'

/**
 * Reads a picture as it is meant to be seen: JPEG, PNG, WebP, AVIF, GIF or TIFF, of several pictures the first, turned
 * the way its EXIF orientation says, converted to sRGB with 8 bits (from greyscale, CMYK, 16 bits, or the profile
 * within), and laid over white where it is transparent. The format is told from the content; the name plays no part.
 *
 * The pixels are in a buffer of their own, which the caller may transfer.
 *
 * @param source - a path or the bytes of a whole file, which are not changed and needed until the promise resolves.
 * @throws InputError when the path does not lead to a readable file, or the picture is over a limit.
 * @throws MediaError when the content is empty, in another format, or damaged.
 * @throws CancelledError when `signal` aborts.
 */
export async function readPicture(
  source: string | Uint8Array,
  options: ReadPictureOptions,
): Promise<ReadPicture> {
  const name = options.name ?? (typeof source === 'string' ? source : 'The picture')
  const bytes = await bytesOf(source, name, options)
  throwIfAborted(options.signal, name)
  const recognised = recogniseFormat(bytes)
  if ('refusal' in recognised) throw new MediaError(`${name} ${recognised.refusal}.`)
  const { format } = recognised
  const header = await headerOf(bytes, name, format)
  throwIfAborted(options.signal, name)
  checkHeader(header, name, options.maxPixels)
  const picture = await decode(bytes, name, format)
  throwIfAborted(options.signal, name)
  return { ...picture, format }
}

async function bytesOf(
  source: string | Uint8Array,
  name: string,
  { maxBytes, signal }: ReadPictureOptions,
): Promise<Uint8Array> {
  if (typeof source !== 'string') {
    if (source.length === 0) throw new MediaError(`${name} is empty (0 bytes).`)
    checkSize(source.length, name, maxBytes)
    return source
  }
  checkSize(await readableFileSize(source, name, 'a picture file'), name, maxBytes)
  try {
    return await readFile(source, { ...(signal && { signal }) })
  } catch (error) {
    throwIfAborted(signal, name)
    throw fileProblem(error, `The picture file ${name} cannot be read`)
  }
}

function checkSize(size: number, name: string, maxBytes: number): void {
  if (size <= maxBytes) return
  throw new InputError(`${name} has ${size} bytes; at most ${maxBytes} are accepted (maxBytes).`)
}

async function headerOf(bytes: Uint8Array, name: string, format: PictureFormat): Promise<Metadata> {
  try {
    return await open(bytes).metadata()
  } catch (error) {
    throw damaged(name, format, error)
  }
}

function checkHeader({ width, height, channels }: Metadata, name: string, maxPixels: number): void {
  if (width * height > maxPixels) {
    throw new InputError(
      `${name} is ${width}x${height}, ${width * height} pixels; at most ${maxPixels} are accepted (maxPixels).`,
    )
  }
  if (channels > MAX_CHANNELS) {
    throw new MediaError(`${name} has ${channels} channels a pixel; at most ${MAX_CHANNELS} can be read.`)
  }
}

async function decode(bytes: Uint8Array, name: string, format: PictureFormat): Promise<RgbPicture> {
  try {
    return await toRgb(open(bytes).autoOrient().flatten({ background: BACKGROUND }))
  } catch (error) {
    throw damaged(name, format, error)
  }
}

/**
 * The limit on pixels is checked by hand, for the sake of the message. A file that ends early is refused; lesser
 * faults that other programs overlook, such as stray bytes between markers, are overlooked here too.
 */
function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: false, pages: 1 })
}

/** What sharp says names its own parts, so it is kept as the cause only. */
function damaged(name: string, format: PictureFormat, cause: unknown): MediaError {
  return new MediaError(
    `${name} is a damaged or cut ${format.toUpperCase()} picture; it cannot be decoded.`,
    {
      cause,
    },
  )
}

function throwIfAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new CancelledError(`Reading ${name} was cancelled.`)
}
