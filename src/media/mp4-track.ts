/** One track of an MP4: an encoder and its stream in the file. */
import {
  AVERROR_EAGAIN,
  check,
  type Codec,
  CodecContext,
  constants,
  Dictionary,
  type FormatContext,
  type Frame,
  Packet,
  type Rational,
  type Stream,
} from './ffmpeg.js'

/** An opened encoder that writes its packets to its own stream of `format`. */
export class Mp4Track {
  readonly encoder: CodecContext
  readonly #format: FormatContext
  readonly #stream: Stream
  readonly #packet = new Packet()
  readonly #problem: string

  private constructor(format: FormatContext, stream: Stream, encoder: CodecContext, problem: string) {
    this.#format = format
    this.#stream = stream
    this.encoder = encoder
    this.#problem = problem
    this.#packet.alloc()
  }

  /**
   * Opens the encoder and adds its stream.
   *
   * @param configure - sets size, rate and quality on the encoder before it opens.
   * @param problem - start of every error message, such as `film.mp4 cannot be written`.
   */
  static async open(
    format: FormatContext,
    codec: Codec,
    timeBase: Rational,
    configure: (encoder: CodecContext) => Record<string, string>,
    problem: string,
  ): Promise<Mp4Track> {
    const encoder = new CodecContext()
    try {
      encoder.allocContext3(codec)
      encoder.timeBase = timeBase
      encoder.setFlags(constants.AV_CODEC_FLAG_GLOBAL_HEADER)
      const options = Dictionary.fromObject(configure(encoder))
      const opened = await encoder.open2(codec, options)
      options.free()
      check(opened, `${problem} (the ${codec.name ?? ''} encoder did not open)`)
      const stream = format.newStream(codec)
      stream.timeBase = timeBase
      check(stream.codecpar.fromContext(encoder), problem)
      return new Mp4Track(format, stream, encoder, problem)
    } catch (error) {
      encoder.freeContext()
      throw error
    }
  }

  /** Encodes one frame, or with `null` what the encoder still holds, and writes the packets that come out. */
  async write(frame: Frame | null): Promise<void> {
    check(await this.encoder.sendFrame(frame), this.#problem)
    for (;;) {
      const received = await this.encoder.receivePacket(this.#packet)
      if (received === AVERROR_EAGAIN || received === constants.AVERROR_EOF) return
      check(received, this.#problem)
      this.#packet.streamIndex = this.#stream.index
      // x264 does not say how long a frame lasts, and players skip a last frame that lasts no time at all.
      if (this.#packet.duration === 0n) this.#packet.duration = 1n
      // The container may have chosen a finer time base than the encoder's when the header was written.
      this.#packet.rescaleTs(this.encoder.timeBase, this.#stream.timeBase)
      check(await this.#format.interleavedWriteFrame(this.#packet), this.#problem)
    }
  }

  close(): void {
    this.#packet.free()
    this.encoder.freeContext()
  }
}
