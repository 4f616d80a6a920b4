/** Opens a file or bytes as video: finds the track, checks it against limits, and tells what it holds. */
import { InputError, MediaError } from '../errors.js'
import { type Container, openContainer } from './container.js'
import { codecNameOf } from './decoder.js'
import { constants, type FormatContext, type Stream } from './ffmpeg.js'
import {
  type Orientation,
  orientationOf,
  shownSize,
  type Size,
  type SizeLimits,
} from './video-orientation.js'

/** A path or the bytes of a whole file. */
export type VideoSource = string | Uint8Array

export interface VideoOptions {
  /** Refuse a file with more bytes than this. */
  readonly maxBytes: number
  /** Refuse a video longer than this: when its header says so, or when decoding gets there. */
  readonly maxSeconds: number
  /** Refuse a video with more pixels a picture than this, before any is decoded. Default: 8192 × 4320. */
  readonly maxPixels?: number
  /** Pictures are scaled down to this many pixels on their longer and shorter side. Default: 1920 and 1080. */
  readonly maxLongSide?: number
  readonly maxShortSide?: number
  /** What errors and warnings call the video. Default: the path. */
  readonly name?: string
  /** Ends the work with a CancelledError. */
  readonly signal?: AbortSignal
  /** Told once, when all has been read, that the file was cut or damaged but still gave pictures. */
  readonly onWarning?: (warning: string) => void
}

/** What a video file holds. */
export interface VideoInfo {
  /** Pixels of a delivered picture: turned upright, square, within the limits, even. */
  readonly width: number
  readonly height: number
  /** Pictures a second, on average, as the file tells. */
  readonly fps: number
  /** Seconds, where the file tells. A header can lie, and recordings made by a browser tell nothing. */
  readonly seconds?: number
  /** FFmpeg's name of the codec, such as `h264`. */
  readonly codec: string
}

/** An opened video track. */
export interface VideoInput extends Container {
  readonly stream: Stream
  readonly info: VideoInfo
  readonly orientation: Orientation
  /** Pixels of a delivered picture before it is turned. */
  readonly size: Size
  readonly maxPixels: number
}

const MAX_PIXELS = 8192 * 4320
const SIZE_LIMITS: SizeLimits = { maxLongSide: 1920, maxShortSide: 1080 }

/** Frame rates outside of this are taken for damage. */
const MIN_FPS = 0.01
const MAX_FPS = 1000
const DEFAULT_FPS = 25

/** Opens `source` and finds its video track. The caller closes what it gets. */
export async function openVideoInput(source: VideoSource, options: VideoOptions): Promise<VideoInput> {
  const name = options.name ?? (typeof source === 'string' ? source : 'The video data')
  const { maxBytes, maxSeconds, maxPixels = MAX_PIXELS, signal } = options
  const container = await openContainer(source, {
    name,
    expected: 'a video file',
    signal,
    checkSize: (bytes) => {
      if (bytes <= maxBytes) return
      throw new InputError(`${name} has ${bytes} bytes; at most ${maxBytes} are accepted (maxBytes).`)
    },
    checkHeader: (format) => {
      const stream = videoStreamOf(format)
      if (stream) checkPixels(stream, name, maxPixels)
    },
  })
  try {
    const stream = selectVideo(container, maxPixels)
    const seconds = secondsOf(container.format, stream)
    if (seconds !== undefined && seconds > maxSeconds) {
      throw new InputError(
        `${name} is ${seconds.toFixed(1)} seconds long; at most ${maxSeconds} are accepted (maxSeconds).`,
      )
    }
    const orientation = orientationOf(stream.codecpar.getCodedSideData(constants.AV_PKT_DATA_DISPLAYMATRIX))
    const size = shownSize(stream.codecpar, pixelAspectOf(stream), { ...SIZE_LIMITS, ...sizeLimits(options) })
    const info = {
      width: orientation.transpose ? size.height : size.width,
      height: orientation.transpose ? size.width : size.height,
      fps: fpsOf(stream),
      ...(seconds !== undefined && { seconds }),
      codec: codecNameOf(stream),
    }
    return { ...container, stream, info, orientation, size, maxPixels }
  } catch (error) {
    await container.close()
    throw error
  }
}

function sizeLimits({ maxLongSide, maxShortSide }: VideoOptions): Partial<SizeLimits> {
  return { ...(maxLongSide && { maxLongSide }), ...(maxShortSide && { maxShortSide }) }
}

function videoStreamOf(format: FormatContext): Stream | undefined {
  return format.streams[format.findBestStream(constants.AVMEDIA_TYPE_VIDEO, -1, -1)]
}

function selectVideo({ format, name }: Container, maxPixels: number): Stream {
  const chosen = videoStreamOf(format)
  const cover = chosen?.hasDisposition(constants.AV_DISPOSITION_ATTACHED_PIC) === true
  if (chosen === undefined || cover) {
    const sound = format.findBestStream(constants.AVMEDIA_TYPE_AUDIO, -1, -1) >= 0
    const holds = sound ? `holds sound${cover ? ' and a cover picture' : ''} only` : 'holds no pictures'
    throw new MediaError(`${name} ${holds}; a video is expected.`)
  }
  const { width, height } = chosen.codecpar
  if (width <= 0 || height <= 0) {
    throw new MediaError(
      `${name} does not tell the size of its pictures (${codecNameOf(chosen)}); it is damaged or cut.`,
    )
  }
  checkPixels(chosen, name, maxPixels)
  for (const stream of format.streams) {
    if (stream.index !== chosen.index) stream.discard = constants.AVDISCARD_ALL
  }
  return chosen
}

function checkPixels({ codecpar: { width, height } }: Stream, name: string, maxPixels: number): void {
  if (width * height <= maxPixels) return
  throw new InputError(
    `${name} is ${width}x${height}, ${width * height} pixels a picture; at most ${maxPixels} are accepted (maxPixels).`,
  )
}

function secondsOf(format: FormatContext, stream: Stream): number | undefined {
  const { num, den } = stream.timeBase
  const seconds = stream.duration > 0n ? (Number(stream.duration) * num) / den : Number(format.duration) / 1e6
  return seconds > 0 ? seconds : undefined
}

function pixelAspectOf(stream: Stream): number {
  for (const { num, den } of [stream.sampleAspectRatio, stream.codecpar.sampleAspectRatio]) {
    if (num > 0 && den > 0) return num / den
  }
  return 1
}

function fpsOf(stream: Stream): number {
  for (const { num, den } of [stream.avgFrameRate, stream.rFrameRate]) {
    const fps = num / den
    if (fps >= MIN_FPS && fps <= MAX_FPS) return fps
  }
  return DEFAULT_FPS
}
