/** Samples → the bytes of a coded file, frame by frame, without a file: FFmpeg writes into this object. */
import { floatToS16le } from '../../dsp/pcm.js'
import { MediaError } from '../../errors.js'
import {
  AVERROR_EAGAIN,
  check,
  Codec,
  CodecContext,
  constants,
  Dictionary,
  FormatContext,
  Frame,
  IOContext,
  MONO,
  Packet,
  Rational,
} from '../ffmpeg.js'
import { SampleFrames } from '../sample-frames.js'
import { AUDIO_STREAM_RATE, type Coding } from './formats.js'
import type { AudioStream } from './open.js'

const BUFFER_BYTES = 4096

/** An encoder and its container, at {@link AUDIO_STREAM_RATE}. */
export class CodedStream implements AudioStream {
  readonly #coding: Coding
  readonly #problem: string
  readonly #format = new FormatContext()
  readonly #io = new IOContext()
  readonly #encoder = new CodecContext()
  readonly #packet = new Packet()
  #frames = new SampleFrames(0)
  /** A frame as the codec wants it. */
  #frame = Buffer.alloc(0)
  #position = 0
  /** What FFmpeg has written since it was last taken. */
  #written: Buffer[] = []

  private constructor(coding: Coding, problem: string) {
    this.#coding = coding
    this.#problem = problem
  }

  /** @param problem how errors begin, such as "mp3 speech" */
  static async open(coding: Coding, problem: string): Promise<CodedStream> {
    const stream = new CodedStream(coding, `${problem} cannot be coded`)
    try {
      await stream.#open()
    } catch (error) {
      stream.close()
      throw error
    }
    return stream
  }

  async encode(samples: Float32Array): Promise<Uint8Array> {
    await this.#frames.add(samples, this.#encodeFrame)
    return this.#take()
  }

  async finish(): Promise<Uint8Array> {
    await this.#frames.rest(this.#encodeFrame)
    await this.#send(null)
    check(await this.#format.writeTrailer(), this.#problem)
    return this.#take()
  }

  close(): void {
    this.#packet.free()
    this.#encoder.freeContext()
    this.#format.pb = null
    this.#format.freeContext()
    this.#io.freeContext()
  }

  async #open(): Promise<void> {
    const { container, encoder: name, sampleFormat, bitRate, muxing } = this.#coding
    const [format, encoder, problem] = [this.#format, this.#encoder, this.#problem]
    this.#packet.alloc()
    check(format.allocOutputContext2(null, container, null), problem)
    // FFmpeg uses its buffer again when this returns: the bytes are copied.
    const write = (bytes: Buffer): number => this.#written.push(Buffer.from(bytes)) && bytes.length
    this.#io.allocContextWithCallbacks(BUFFER_BYTES, 1, null, write, null)
    format.pb = this.#io
    const codec = Codec.findEncoderByName(name)
    if (codec === null) throw new MediaError(`${problem}: this FFmpeg has no encoder ${name}.`)
    encoder.allocContext3(codec)
    encoder.timeBase = new Rational(1, AUDIO_STREAM_RATE)
    encoder.sampleRate = AUDIO_STREAM_RATE
    encoder.sampleFormat = sampleFormat
    encoder.channelLayout = MONO
    if (bitRate !== undefined) encoder.bitRate = BigInt(bitRate)
    encoder.setFlags(constants.AV_CODEC_FLAG_GLOBAL_HEADER)
    check(await encoder.open2(codec, null), problem)
    const stream = format.newStream(codec)
    stream.timeBase = encoder.timeBase
    check(stream.codecpar.fromContext(encoder), problem)
    const options = Dictionary.fromObject({ ...muxing })
    const begun = await format.writeHeader(options)
    options.free()
    check(begun, problem)
    this.#frames = new SampleFrames(encoder.frameSize)
    this.#frame = Buffer.alloc(encoder.frameSize * this.#bytesPerSample)
  }

  get #bytesPerSample(): number {
    return this.#coding.sampleFormat === constants.AV_SAMPLE_FMT_S16 ? 2 : 4
  }

  readonly #encodeFrame = async (samples: Float32Array): Promise<void> => {
    const bytes = this.#frame.subarray(0, samples.length * this.#bytesPerSample)
    if (this.#bytesPerSample === 2) floatToS16le(samples, bytes)
    else bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, bytes.length))
    const frame = Frame.fromAudioBuffer(bytes, {
      nbSamples: samples.length,
      format: this.#coding.sampleFormat,
      sampleRate: AUDIO_STREAM_RATE,
      channelLayout: MONO,
      pts: BigInt(this.#position),
    })
    this.#position += samples.length
    try {
      await this.#send(frame)
    } finally {
      frame.free()
    }
  }

  /** Encodes one frame, or with `null` what the encoder still holds, and writes the packets that come out. */
  async #send(frame: Frame | null): Promise<void> {
    const [encoder, format, packet, problem] = [this.#encoder, this.#format, this.#packet, this.#problem]
    check(await encoder.sendFrame(frame), problem)
    for (;;) {
      const received = await encoder.receivePacket(packet)
      if (received === AVERROR_EAGAIN || received === constants.AVERROR_EOF) return
      check(received, problem)
      packet.streamIndex = 0
      packet.rescaleTs(encoder.timeBase, format.streams[0]!.timeBase)
      check(await format.writeFrame(packet), problem)
      packet.unref()
    }
  }

  /** Everything written so far, what FFmpeg buffers included. */
  async #take(): Promise<Uint8Array> {
    await this.#format.flush()
    const written = this.#written
    this.#written = []
    return written.length === 1 ? written[0]! : Buffer.concat(written)
  }
}
