/** Decodes any video file to RGB pictures at a constant rate, a picture at a time. */
import { CancelledError, InputError, MediaError } from '../errors.js'
import { Frame, reasonOf } from './ffmpeg.js'
import type { RgbPicture } from './rgb-picture.js'
import { VideoConverter } from './video-converter.js'
import { decodePictures, durationOf, type Findings } from './video-decoder.js'
import {
  openVideoInput,
  type VideoInfo,
  type VideoInput,
  type VideoOptions,
  type VideoSource,
} from './video-input.js'
import { Pace } from './video-pace.js'

export type { VideoInfo, VideoOptions, VideoSource } from './video-input.js'

/** A picture of a video. */
export interface VideoFrame extends RgbPicture {
  /** 0, 1, 2 … */
  readonly index: number
  /** Microseconds from the first picture: `index` at the asked rate. */
  readonly timestamp: number
}

/** An opened video. Whoever opens it closes it. */
export interface Video {
  readonly info: VideoInfo
  /**
   * The pictures at a constant rate: at each tick the source picture nearest in time, so that some are left out or
   * come twice. Decodes only as far as it is pulled. Each picture is in a buffer of its own, which the caller may
   * transfer. Can be asked for once; leaving the loop early frees what it held.
   *
   * @param options.fps - pictures a second, up to 1000.
   * @throws InputError when `fps` is out of range, it was asked for before, or `maxSeconds` is passed.
   * @throws MediaError when no picture can be decoded.
   * @throws CancelledError when the signal aborts.
   */
  frames(options: { readonly fps: number }): AsyncGenerator<VideoFrame, void, undefined>
  /** Ends {@link frames} and frees everything, once the step that is running has ended. Can be called again. */
  close(): Promise<void>
}

/** Missing video shorter than this, in seconds, is rounding, not a cut file. */
const CUT_TOLERANCE = 0.5
/** The part of the announced length that counts as rounding, as some containers announce that of the sound. */
const CUT_TOLERANCE_PART = 0.05

/**
 * Opens the first video track of an MP4, MOV, AVI, WebM, MKV and the other containers that FFmpeg knows, with any codec
 * that it decodes. Pictures are delivered as they are meant to be seen: turned upright (the display matrix of phones),
 * with square pixels, scaled down to fit 1920 × 1080 upright or lying, one field of interlaced ones, in sRGB with 8 bits
 * (from any matrix, range and depth; HDR is mapped to standard range).
 *
 * A damaged or cut file gives the pictures that it has and one `onWarning`. Playlists and addresses are refused.
 *
 * @throws InputError when the path does not lead to a readable file, or the video is over a limit.
 * @throws MediaError when the content is empty, is not a video, or is damaged beyond reading.
 * @throws CancelledError when `signal` aborts.
 */
export async function openVideo(source: VideoSource, options: VideoOptions): Promise<Video> {
  const input = await openVideoInput(source, options)
  let pictures: AsyncGenerator<VideoFrame, void, undefined> | undefined
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await pictures?.return()
    await input.close()
  }
  return {
    info: input.info,
    frames({ fps }) {
      if (!(fps > 0 && fps <= 1000)) {
        throw new InputError(`fps is ${fps}; a number above 0, up to 1000, is expected.`)
      }
      if (pictures !== undefined || closing !== undefined) {
        throw new InputError(`The pictures of ${input.name} can be taken once; open it again for more.`)
      }
      pictures = paced(input, fps, options)
      return pictures
    },
    close: () => (closing ??= close()),
  }
}

async function* paced(
  input: VideoInput,
  fps: number,
  options: VideoOptions,
): AsyncGenerator<VideoFrame, void, undefined> {
  const { name, orientation, size, info } = input
  const converter = new VideoConverter(size, orientation, `The pictures of ${name} cannot be converted`)
  const pace = new Pace(fps)
  let index = 0
  async function* show(picture: Frame, count: number): AsyncGenerator<VideoFrame, void, undefined> {
    if (count === 0) return
    await converter.convert(picture)
    for (let i = 0; i < count; i++) {
      throwIfAborted(options.signal, name)
      const timestamp = Math.round((index * 1e6) / fps)
      yield { rgb: converter.copy(), width: info.width, height: info.height, index: index++, timestamp }
    }
  }
  // A picture is shown until halfway to the next one: it is held until that one is decoded.
  let held = allocated()
  let newest = allocated()
  const findings: Findings = { damaged: 0, stopped: 0 }
  try {
    let duration = 1 / info.fps
    for await (const time of decodePictures(input, () => newest, options.signal, findings)) {
      const count = pace.next(time)
      if (pace.elapsed > options.maxSeconds) {
        throw new InputError(
          `${name} is longer than the ${options.maxSeconds} seconds that are accepted (maxSeconds).`,
        )
      }
      yield* show(held, count)
      held.unref()
      ;[held, newest] = [newest, held]
      duration = durationOf(held, input) ?? duration
    }
    const last = Math.min(duration, Math.max(0, options.maxSeconds - pace.elapsed))
    yield* show(held, pace.end(last))
    report(input, pace, duration, findings, options.onWarning)
  } finally {
    converter.close()
    held.free()
    newest.free()
  }
}

/** Decides between silence, a warning and an error once everything has been read. */
function report(
  { name, info }: VideoInput,
  pace: Pace,
  duration: number,
  { damaged, stopped }: Findings,
  warn: ((warning: string) => void) | undefined,
): void {
  const findings: string[] = []
  if (damaged > 0) findings.push(`${damaged} damaged ${damaged === 1 ? 'piece was' : 'pieces were'} met`)
  if (stopped !== 0) findings.push(`reading stopped early (${reasonOf(stopped)})`)
  if (pace.ticks === 0) {
    throw new MediaError(
      `${name} holds no picture that can be decoded (${[info.codec, ...findings].join('; ')}).`,
    )
  }
  const seconds = pace.elapsed + duration
  if (info.seconds !== undefined && seconds < info.seconds * (1 - CUT_TOLERANCE_PART) - CUT_TOLERANCE) {
    findings.push(`it holds ${seconds.toFixed(2)} of ${info.seconds.toFixed(2)} seconds`)
  }
  if (findings.length > 0) warn?.(`${name} is damaged: ${findings.join('; ')}.`)
}

function allocated(): Frame {
  const frame = new Frame()
  frame.alloc()
  return frame
}

function throwIfAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new CancelledError(`Decoding ${name} was cancelled.`)
}
