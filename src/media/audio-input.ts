/** Opens a file, bytes or a byte stream as audio: finds the container, the track and what it holds. */
import { access, constants as fsConstants, open, stat } from 'node:fs/promises'
import { CancelledError, InputError, MediaError } from '../errors.js'
import { bytesSource, streamSource, type ByteSource } from './byte-source.js'
import {
  avGetCodecName,
  check,
  constants,
  Dictionary,
  FormatContext,
  reasonOf,
  type Stream,
} from './ffmpeg.js'
import { fileProblem } from './file-problem.js'
import { announcedWavSeconds } from './wav-length.js'

/** A path, the bytes of a whole file, or a file's bytes as they arrive. */
export type AudioSource = string | Uint8Array | AsyncIterable<Uint8Array>

/** What an audio file holds. */
export interface AudioInfo {
  /** FFmpeg's name of the codec, such as `pcm_s16le`, `mp3` or `opus`. */
  readonly codec: string
  /** Hz, as stored. */
  readonly sampleRate: number
  /** Channels, as stored. */
  readonly channels: number
  /** Seconds, where the file tells or the size gives it away. May be off: a header can lie and a file can be cut. */
  readonly duration?: number
}

/** An opened audio track. */
export interface AudioInput {
  /** What errors call this source. */
  readonly name: string
  readonly format: FormatContext
  readonly stream: Stream
  readonly info: AudioInfo
  /** Seconds that the maker of the file wrote into it, where known: less audio than that means a cut file. */
  readonly announced: number | undefined
  /** Whether FFmpeg can go back in it: not in a stream. */
  readonly seekable: boolean
  /** What the byte stream threw, if it did. */
  readonly failure: () => unknown
  readonly close: () => Promise<void>
}

/**
 * Containers that are opened. Playlists and other formats that name further files or addresses are left out on
 * purpose: a stranger's upload must not make this process read anything else.
 */
const CONTAINERS =
  'wav,w64,aiff,au,caf,mp3,aac,ac3,eac3,flac,ogg,mov,matroska,avi,asf,flv,mpegts,mpeg,amr,amrnb,amrwb,ape,wv,tta,dsf,voc'

/** Containers that write their duration down; others estimate it from size and bit rate. */
const ANNOUNCE_DURATION = new Set(['wav', 'w64', 'aiff', 'caf', 'flac', 'mov', 'matroska', 'asf'])

/** The samples of a WAV begin within this, unless pictures are stored before them. */
const HEAD_BYTES = 64 * 1024

/** Sample rates outside of this are taken for damage: real files lie between 4 kHz and 768 kHz. */
const MIN_SAMPLE_RATE = 1000
const MAX_SAMPLE_RATE = 768_000

/** Opens `source` and finds its audio track. The caller closes what it gets. */
export async function openAudioInput(
  source: AudioSource,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<AudioInput> {
  const name = options.name ?? nameOf(source)
  const bytes = await openBytes(source, name, options.signal)
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
    throwWhyStopped(bytes, name, options.signal)
    check(opened, `${name} is not an audio file that can be read`)
    const analysed = await format.findStreamInfo(null)
    throwWhyStopped(bytes, name, options.signal)
    check(analysed, `${name} cannot be analysed`)
    const stream = selectAudio(format, name)
    const info = describe(format, stream, name)
    return {
      name,
      format,
      stream,
      info,
      announced: await announcedSeconds(source, format, stream, info),
      seekable: typeof source === 'string' || source instanceof Uint8Array,
      failure: () => bytes?.failure(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Reads what an audio file (or the first audio track of a video file) holds, without decoding it.
 *
 * @throws InputError when the path does not lead to a readable file.
 * @throws MediaError when the content is empty, is not audio, or is damaged beyond reading.
 */
export async function probeAudio(
  source: AudioSource,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<AudioInfo> {
  const input = await openAudioInput(source, options)
  await input.close()
  return input.info
}

function nameOf(source: AudioSource): string {
  if (typeof source === 'string') return source
  return source instanceof Uint8Array ? 'The audio data' : 'The audio stream'
}

async function openBytes(
  source: AudioSource,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ByteSource | undefined> {
  if (typeof source === 'string') {
    await checkReadable(source, name)
    return undefined
  }
  if (!(source instanceof Uint8Array)) return streamSource(source, signal)
  if (source.length === 0) throw new MediaError(`${name} is empty (0 bytes).`)
  return bytesSource(source)
}

/** FFmpeg's words for a missing file or a directory do not help a user; the file system's do. */
async function checkReadable(path: string, name: string): Promise<void> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) throw new InputError(`${name} is a directory; an audio file is expected.`)
    if (!stats.isFile()) throw new InputError(`${name} is not a regular file; an audio file is expected.`)
    await access(path, fsConstants.R_OK)
    if (stats.size === 0) throw new MediaError(`${name} is empty (0 bytes).`)
  } catch (error) {
    throw fileProblem(error, `The audio file ${name} cannot be read`)
  }
}

function throwWhyStopped(bytes: ByteSource | undefined, name: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError(`Reading ${name} was cancelled.`)
  const failure = bytes?.failure()
  if (failure !== undefined) throw new MediaError(`${name} broke off while it was read.`, { cause: failure })
}

function selectAudio(format: FormatContext, name: string): Stream {
  const index = format.findBestStream(constants.AVMEDIA_TYPE_AUDIO, -1, -1)
  const streams = format.streams
  const chosen = streams[index]
  if (chosen === undefined) {
    throw new MediaError(`${name} holds no audio track (${reasonOf(index)}).`)
  }
  for (const stream of streams) {
    if (stream.index !== index) stream.discard = constants.AVDISCARD_ALL
  }
  return chosen
}

function describe(format: FormatContext, stream: Stream, name: string): AudioInfo {
  const { codecId, sampleRate, channelLayout } = stream.codecpar
  if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
    throw new MediaError(
      `${name} says its sample rate is ${sampleRate} Hz; between ${MIN_SAMPLE_RATE} and ${MAX_SAMPLE_RATE} Hz is possible.`,
    )
  }
  const { num, den } = stream.timeBase
  const duration =
    stream.duration > 0n ? (Number(stream.duration) * num) / den : Number(format.duration) / 1e6
  return {
    codec: avGetCodecName(codecId) ?? 'unknown',
    sampleRate,
    channels: channelLayout.nbChannels,
    ...(duration > 0 && { duration }),
  }
}

async function announcedSeconds(
  source: AudioSource,
  format: FormatContext,
  stream: Stream,
  info: AudioInfo,
): Promise<number | undefined> {
  const container = format.iformat?.name?.split(',')[0] ?? ''
  // An MP3 announces its length in the Xing header, which also gives the encoder delay: the start is then not 0.
  if (container === 'mp3') return stream.startTime > 0n ? info.duration : undefined
  if (container === 'wav' && source instanceof Uint8Array) return announcedWavSeconds(source)
  if (container === 'wav' && typeof source === 'string') return announcedWavSeconds(await headOf(source))
  return ANNOUNCE_DURATION.has(container) ? info.duration : undefined
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
