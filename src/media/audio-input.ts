/** Opens a file, bytes or a byte stream as audio: finds the container, the track and what it holds. */
import { MediaError } from '../errors.js'
import { type Container, type MediaSource, openContainer } from './container.js'
import { codecNameOf } from './decoder.js'
import { constants, type FormatContext, reasonOf, type Stream } from './ffmpeg.js'
import { headOfFile } from './readable-file.js'
import { announcedWavSeconds } from './wav-length.js'

/** A path, the bytes of a whole file, or a file's bytes as they arrive. */
export type AudioSource = MediaSource

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
export interface AudioInput extends Container {
  readonly stream: Stream
  readonly info: AudioInfo
  /** Seconds that the maker of the file wrote into it, where known: less audio than that means a cut file. */
  readonly announced: number | undefined
}

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
  const container = await openContainer(source, { name, expected: 'an audio file', signal: options.signal })
  try {
    const stream = selectAudio(container.format, name)
    const info = describe(container.format, stream, name)
    return { ...container, stream, info, announced: await announcedSeconds(source, container, stream, info) }
  } catch (error) {
    await container.close()
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
  const { sampleRate, channelLayout } = stream.codecpar
  if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
    throw new MediaError(
      `${name} says its sample rate is ${sampleRate} Hz; between ${MIN_SAMPLE_RATE} and ${MAX_SAMPLE_RATE} Hz is possible.`,
    )
  }
  const { num, den } = stream.timeBase
  const duration =
    stream.duration > 0n ? (Number(stream.duration) * num) / den : Number(format.duration) / 1e6
  return {
    codec: codecNameOf(stream),
    sampleRate,
    channels: channelLayout.nbChannels,
    ...(duration > 0 && { duration }),
  }
}

async function announcedSeconds(
  source: AudioSource,
  { kind }: Container,
  stream: Stream,
  info: AudioInfo,
): Promise<number | undefined> {
  // An MP3 announces its length in the Xing header, which also gives the encoder delay: the start is then not 0.
  if (kind === 'mp3') return stream.startTime > 0n ? info.duration : undefined
  if (kind === 'wav' && source instanceof Uint8Array) return announcedWavSeconds(source)
  if (kind === 'wav' && typeof source === 'string')
    return announcedWavSeconds(await headOfFile(source, HEAD_BYTES))
  return ANNOUNCE_DURATION.has(kind) ? info.duration : undefined
}
