/** Opens a file, bytes or a byte stream as a container of sound and pictures. */
import { CancelledError, MediaError } from '../errors.js'
import { bytesSource, streamSource, type ByteSource } from './byte-source.js'
import { containerProblem } from './container-problem.js'
import { check, Dictionary, FormatContext, reasonOf } from './ffmpeg.js'
import { FORMAT_BYTES } from './picture-format.js'
import { headOfFile, readableFileSize } from './readable-file.js'

/** A path, the bytes of a whole file, or a file's bytes as they arrive. */
export type MediaSource = string | Uint8Array | AsyncIterable<Uint8Array>

/** An opened container. */
export interface Container {
  /** What errors call this source. */
  readonly name: string
  readonly format: FormatContext
  /** FFmpeg's name of the container, the first of several: `mov` for MP4, `matroska` for WebM. */
  readonly kind: string
  /** Whether FFmpeg can go back in it: not in a stream. */
  readonly seekable: boolean
  /** What the byte stream threw, if it did. */
  readonly failure: () => unknown
  readonly close: () => Promise<void>
}

export interface ContainerOptions {
  /** What errors call this source. */
  readonly name: string
  /** What the source should be, such as `an audio file`. */
  readonly expected: string
  readonly signal?: AbortSignal | undefined
  /** Looks at the size of a file or of bytes, before they are opened; throws when it is too large. */
  readonly checkSize?: (bytes: number) => void
  /** Looks at what the header tells, before anything is decoded to find out more; throws when that is refused. */
  readonly checkHeader?: (format: FormatContext) => void
}

/**
 * Containers that are opened. Playlists and other formats that name further files or addresses are left out on
 * purpose: a stranger's upload must not make this process read anything else.
 */
const CONTAINERS =
  'wav,w64,aiff,au,caf,mp3,aac,ac3,eac3,flac,ogg,mov,matroska,avi,asf,flv,mpegts,mpeg,amr,amrnb,amrwb,ape,wv,tta,dsf,voc'

/**
 * Opens `source` and finds out what its tracks are. The caller closes what it gets.
 *
 * @throws InputError when the path does not lead to a readable file.
 * @throws MediaError when the content is empty, in no known container, or damaged beyond reading.
 * @throws CancelledError when `signal` aborts.
 */
export async function openContainer(source: MediaSource, options: ContainerOptions): Promise<Container> {
  const { name, signal } = options
  const bytes = await openBytes(source, options)
  const format = new FormatContext()
  const close = async (): Promise<void> => {
    // The reader outlives the context: FFmpeg must not touch it while the context closes.
    if (bytes) format.pb = null
    await format.closeInput()
    await bytes?.close()
  }
  try {
    format.allocContext()
    if (bytes) format.pb = bytes.io
    const restrictions = Dictionary.fromObject({ protocol_whitelist: 'file', format_whitelist: CONTAINERS })
    const opened = await format.openInput(bytes ? '' : `file:${source as string}`, null, restrictions)
    restrictions.free()
    throwWhyStopped(bytes, name, signal)
    if (opened < 0) {
      const problem = containerProblem(await headOf(source), reasonOf(opened))
      throw new MediaError(`${name} is not ${options.expected} that can be read: ${problem}`)
    }
    options.checkHeader?.(format)
    const analysed = await format.findStreamInfo(null)
    throwWhyStopped(bytes, name, signal)
    check(analysed, `${name} cannot be analysed`)
    return {
      name,
      format,
      kind: format.iformat?.name?.split(',')[0] ?? '',
      seekable: typeof source === 'string' || source instanceof Uint8Array,
      failure: () => bytes?.failure(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openBytes(
  source: MediaSource,
  { name, expected, signal, checkSize }: ContainerOptions,
): Promise<ByteSource | undefined> {
  if (typeof source === 'string') {
    const size = await readableFileSize(source, name, expected)
    checkSize?.(size)
    return undefined
  }
  if (!(source instanceof Uint8Array)) return streamSource(source, signal)
  if (source.length === 0) throw new MediaError(`${name} is empty (0 bytes).`)
  checkSize?.(source.length)
  return bytesSource(source)
}

async function headOf(source: MediaSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  return typeof source === 'string' ? headOfFile(source, FORMAT_BYTES) : new Uint8Array(0)
}

function throwWhyStopped(bytes: ByteSource | undefined, name: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError(`Reading ${name} was cancelled.`)
  const failure = bytes?.failure()
  if (failure !== undefined) throw new MediaError(`${name} broke off while it was read.`, { cause: failure })
}
