/** The packets of a video track → decoded pictures and their times. */
import { availableParallelism } from 'node:os'
import { CancelledError } from '../errors.js'
import { openDecoder } from './decoder.js'
import { AVERROR_EAGAIN, type CodecContext, constants, Dictionary, type Frame, Packet } from './ffmpeg.js'
import type { VideoInput } from './video-input.js'

/** More threads each hold a decoded picture, and gain little below 4K. */
const MAX_THREADS = 4

/** What went wrong while decoding, counted up as it goes. */
export interface Findings {
  /** Packets and pictures with errors. */
  damaged: number
  /** FFmpeg's code when reading ended before the end. */
  stopped: number
}

/**
 * Decodes one picture after the other, on libuv's threads, and yields its time in seconds. Damage is counted and passed
 * over.
 *
 * @param target - the frame for the next picture; the one before it is not touched any more.
 * @throws CancelledError when `signal` aborts.
 */
export async function* decodePictures(
  input: VideoInput,
  target: () => Frame,
  signal: AbortSignal | undefined,
  findings: Findings,
): AsyncGenerator<number, void, undefined> {
  const { name, format, stream, info } = input
  const decoder = await openVideoDecoder(input)
  const packet = new Packet()
  packet.alloc()
  let time = -1 / info.fps
  try {
    for (let reading = true; reading;) {
      const read = await format.readFrame(packet)
      throwIfAborted(signal, name)
      if (read < 0) {
        reading = false
        if (read !== constants.AVERROR_EOF) findings.stopped = read
      } else if (packet.streamIndex !== stream.index) {
        packet.unref()
        continue
      }
      if ((await decoder.sendPacket(reading ? packet : null)) < 0) findings.damaged++
      packet.unref()
      throwIfAborted(signal, name)
      for (;;) {
        const frame = target()
        const received = await decoder.receiveFrame(frame)
        throwIfAborted(signal, name)
        if (received === AVERROR_EAGAIN || received === constants.AVERROR_EOF) break
        if (received < 0) {
          findings.damaged++
          break
        }
        if (frame.decodeErrorFlags !== 0 || frame.hasFlags(constants.AV_FRAME_FLAG_CORRUPT))
          findings.damaged++
        time = timeOf(frame, input) ?? time + 1 / info.fps
        yield time
      }
    }
  } finally {
    packet.free()
    decoder.freeContext()
  }
}

async function openVideoDecoder({ name, stream, maxPixels }: VideoInput): Promise<CodecContext> {
  const threads = Math.min(availableParallelism(), MAX_THREADS)
  // The header was looked at; what the stream says later is held to the same limit.
  const options = Dictionary.fromObject({ max_pixels: String(maxPixels) })
  try {
    return await openDecoder(stream, name, 'video', threads, options)
  } finally {
    options.free()
  }
}

function timeOf({ bestEffortTimestamp }: Frame, { stream }: VideoInput): number | undefined {
  if (bestEffortTimestamp === constants.AV_NOPTS_VALUE) return undefined
  return (Number(bestEffortTimestamp) * stream.timeBase.num) / stream.timeBase.den
}

/** Seconds for which a picture is shown, where the file tells. */
export function durationOf({ duration }: Frame, { stream }: VideoInput): number | undefined {
  return duration > 0n ? (Number(duration) * stream.timeBase.num) / stream.timeBase.den : undefined
}

function throwIfAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted) throw new CancelledError(`Decoding ${name} was cancelled.`)
}
