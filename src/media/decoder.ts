/** A decoder for one track of a container. */
import { MediaError } from '../errors.js'
import { avGetCodecName, check, Codec, CodecContext, type Dictionary, type Stream } from './ffmpeg.js'

/**
 * Opens FFmpeg's decoder for a track. The caller frees it.
 *
 * @param name - what errors call the file.
 * @param what - what the track is to a user: `audio` or `video`.
 * @param threads - threads that may decode; each beyond the first holds a frame more.
 * @param options - further options of the decoder.
 * @throws MediaError when this FFmpeg cannot decode it.
 */
export async function openDecoder(
  stream: Stream,
  name: string,
  what: 'audio' | 'video',
  threads: number,
  options: Dictionary | null = null,
): Promise<CodecContext> {
  const codec = Codec.findDecoder(stream.codecpar.codecId)
  const codecName = codecNameOf(stream)
  if (codec === null) throw new MediaError(`${name} is coded as ${codecName}, which cannot be decoded here.`)
  const decoder = new CodecContext()
  try {
    decoder.allocContext3(codec)
    check(decoder.parametersToContext(stream.codecpar), `The ${what} of ${name} cannot be decoded`)
    // Audio: the decoder needs the time base to cut the encoder's padding off both ends exactly.
    decoder.pktTimebase = stream.timeBase
    decoder.threadCount = threads
    check(await decoder.open2(codec, options), `The ${what} of ${name} (${codecName}) cannot be decoded`)
    return decoder
  } catch (error) {
    decoder.freeContext()
    throw error
  }
}

/** FFmpeg's name of a track's codec, such as `h264`. */
export function codecNameOf(stream: Stream): string {
  return avGetCodecName(stream.codecpar.codecId) ?? 'unknown'
}
