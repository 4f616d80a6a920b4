/** Makes audio files of any format for tests, with FFmpeg. */
import { readFile } from 'node:fs/promises'
import {
  avChannelLayoutDefault,
  check,
  Codec,
  CodecContext,
  constants,
  Dictionary,
  FormatContext,
  Frame,
  Packet,
  Rational,
  SoftwareResampleContext,
} from '../../src/media/ffmpeg.js'
import { s16leToFloat } from '../../src/dsp/pcm.js'

export interface EncodeOptions {
  /** FFmpeg's name of the container: `wav`, `mp3`, `ogg`, `ipod` … */
  readonly container: string
  /** FFmpeg's name of the encoder: `pcm_s16le`, `libmp3lame` … */
  readonly encoder: string
  readonly sampleRate: number
  /** Default: 1. Samples are interleaved. */
  readonly channels?: number
  /** Options of the container, such as `{ rf64: 'always' }`. */
  readonly muxing?: Record<string, string>
}

/** The samples of one of the repository's 16 kHz clips. */
export async function readClip(name: 'speech-en-3s' | 'speech-en-7s'): Promise<Float32Array> {
  const bytes = await readFile(new URL(`./${name}.wav`, import.meta.url))
  const samples = new Float32Array((bytes.length - 44) / 2)
  s16leToFloat(bytes.subarray(44), samples)
  return samples
}

/** Encodes interleaved float samples into a file. */
export async function encodeAudio(
  path: string,
  samples: Float32Array,
  options: EncodeOptions,
): Promise<void> {
  const { container, encoder: encoderName, sampleRate, channels = 1, muxing = {} } = options
  const problem = `test file ${path} (${encoderName})`
  const format = new FormatContext()
  check(format.allocOutputContext2(null, container, `file:${path}`), problem)
  const codec = Codec.findEncoderByName(encoderName as typeof constants.FF_ENCODER_AAC)
  if (codec === null) throw new Error(`${problem}: no such encoder`)
  const encoder = new CodecContext()
  encoder.allocContext3(codec)
  const layout = avChannelLayoutDefault(channels)
  const sampleFormat = codec.sampleFormats?.[0] ?? constants.AV_SAMPLE_FMT_FLT
  encoder.sampleFormat = sampleFormat
  encoder.sampleRate = sampleRate
  encoder.channelLayout = layout
  encoder.timeBase = new Rational(1, sampleRate)
  encoder.setFlags(constants.AV_CODEC_FLAG_GLOBAL_HEADER)
  check(await encoder.open2(codec, null), problem)
  const stream = format.newStream(codec)
  stream.timeBase = encoder.timeBase
  check(stream.codecpar.fromContext(encoder), problem)
  check(await format.openOutput(), problem)
  check(await format.writeHeader(Dictionary.fromObject(muxing)), problem)

  const converter = new SoftwareResampleContext()
  const float = constants.AV_SAMPLE_FMT_FLT
  check(converter.allocSetOpts2(layout, sampleFormat, sampleRate, layout, float, sampleRate), problem)
  check(converter.init(), problem)
  const packet = new Packet()
  packet.alloc()
  const writePackets = (): void => {
    while (encoder.receivePacketSync(packet) >= 0) {
      packet.streamIndex = 0
      packet.rescaleTs(encoder.timeBase, stream.timeBase)
      check(format.writeFrameSync(packet), problem)
    }
  }
  const size = encoder.frameSize || 1024
  const total = samples.length / channels
  for (let start = 0; start < total; start += size) {
    const count = Math.min(size, total - start)
    const piece = samples.slice(start * channels, (start + count) * channels)
    const frame = new Frame()
    frame.alloc()
    frame.format = sampleFormat
    frame.sampleRate = sampleRate
    frame.channelLayout = layout
    frame.nbSamples = count
    check(frame.getBuffer(), problem)
    const source = Frame.fromAudioBuffer(Buffer.from(piece.buffer), {
      nbSamples: count,
      format: float,
      sampleRate,
      channelLayout: layout,
    })
    check(converter.convertFrame(frame, source), problem)
    frame.pts = BigInt(start)
    check(encoder.sendFrameSync(frame), problem)
    writePackets()
    frame.free()
    source.free()
  }
  check(encoder.sendFrameSync(null), problem)
  writePackets()
  check(await format.writeTrailer(), problem)
  await format.closeOutput()
  packet.free()
  converter.free()
  encoder.freeContext()
  format.freeContext()
}
