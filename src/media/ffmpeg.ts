/**
 * The one door to FFmpeg. Everything in this folder takes node-av's low-level API from here; its high-level API is
 * left alone, because it needs `Promise.withResolvers`, which Node 20 lacks, and without it yields no frames at all
 * instead of failing.
 *
 * Calls that return a promise run on libuv's thread pool, so they do not hold the main thread; their `…Sync` twins
 * run where they are called and are used only where one call costs microseconds.
 */
import * as constants from 'node-av/constants'
import { FFmpegError, Log, PosixError } from 'node-av/lib'
import { MediaError } from '../errors.js'

export {
  Codec,
  CodecContext,
  Dictionary,
  Filter,
  FilterContext,
  FilterGraph,
  FilterInOut,
  FormatContext,
  Frame,
  IOContext,
  Packet,
  Rational,
  SoftwareResampleContext,
  SoftwareScaleContext,
  avChannelLayoutDefault,
  avGetCodecName,
} from 'node-av/lib'
export type { Stream } from 'node-av/lib'
export { constants }

/** `the decoder or encoder wants more input first`; its number differs between systems. */
export const AVERROR_EAGAIN = FFmpegError.AVERROR(PosixError.EAGAIN)

/** Speaker layout of one front centre channel. */
export const MONO = { order: constants.AV_CHANNEL_ORDER_NATIVE, nbChannels: 1, mask: 4n }

// FFmpeg writes to the process's stderr by itself; what matters comes back as error codes.
Log.setLevel(constants.AV_LOG_QUIET)

/** FFmpeg's own words for a negative return code, such as `Invalid data found when processing input`. */
export function reasonOf(code: number): string {
  return new FFmpegError(code).message
}

/**
 * Passes a return code of FFmpeg through when it is not negative.
 *
 * @throws MediaError `<problem>: <FFmpeg's reason>` when it is negative.
 */
export function check(code: number, problem: string): number {
  if (code < 0) throw new MediaError(`${problem}: ${reasonOf(code)}`)
  return code
}
