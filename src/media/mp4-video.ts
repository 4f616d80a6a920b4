/** JPEG pictures → the H.264 track of an MP4. */
import { MediaError } from '../errors.js'
import {
  check,
  Codec,
  CodecContext,
  constants,
  type FormatContext,
  Frame,
  Packet,
  Rational,
  reasonOf,
  SoftwareScaleContext,
} from './ffmpeg.js'
import { Mp4Track } from './mp4-track.js'

export interface VideoSettings {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly crf: number
  readonly preset: string
  readonly threads: number
}

/**
 * Decodes JPEGs with FFmpeg, converts their full-range colours to the limited range that video players expect, and
 * encodes them. The colour matrix is the one that a player guesses when it ignores the tags: BT.601 below 720 lines
 * (which is also the JPEG's own), BT.709 from there.
 */
export class Mp4Video {
  readonly #track: Mp4Track
  readonly #settings: VideoSettings
  readonly #problem: string
  readonly #decoder = new CodecContext()
  readonly #scaler = new SoftwareScaleContext()
  readonly #packet = new Packet()
  readonly #picture = new Frame()

  private constructor(track: Mp4Track, settings: VideoSettings, problem: string) {
    this.#track = track
    this.#settings = settings
    this.#problem = problem
    this.#packet.alloc()
    this.#picture.alloc()
    this.#scaler.allocContext()
  }

  static async open(format: FormatContext, settings: VideoSettings, problem: string): Promise<Mp4Video> {
    const codec = Codec.findEncoderByName(constants.FF_ENCODER_LIBX264)
    const jpeg = Codec.findDecoder(constants.AV_CODEC_ID_MJPEG)
    if (codec === null || jpeg === null) throw new MediaError(`${problem}: this FFmpeg has no H.264 encoder.`)
    const timeBase = frameTime(settings.fps)
    const track = await Mp4Track.open(
      format,
      codec,
      timeBase,
      (encoder) => {
        encoder.width = settings.width
        encoder.height = settings.height
        encoder.pixelFormat = constants.AV_PIX_FMT_YUV420P
        encoder.framerate = new Rational(timeBase.den, timeBase.num)
        encoder.threadCount = settings.threads
        encoder.colorRange = constants.AVCOL_RANGE_MPEG
        encoder.colorSpace = matrixFor(settings.height)
        encoder.colorPrimaries = constants.AVCOL_PRI_BT709
        encoder.colorTrc = constants.AVCOL_TRC_BT709
        return { preset: settings.preset, crf: String(settings.crf) }
      },
      problem,
    )
    const video = new Mp4Video(track, settings, problem)
    try {
      video.#decoder.allocContext3(jpeg)
      video.#decoder.threadCount = 1
      check(await video.#decoder.open2(jpeg, null), problem)
      return video
    } catch (error) {
      video.close()
      throw error
    }
  }

  /** Encodes one JPEG as frame `index` of the film. */
  async write(jpeg: Uint8Array, index: number): Promise<void> {
    await this.#decode(jpeg, index)
    const frame = new Frame()
    try {
      frame.alloc()
      frame.width = this.#settings.width
      frame.height = this.#settings.height
      frame.format = constants.AV_PIX_FMT_YUV420P
      check(frame.getBuffer(), this.#problem)
      frame.colorRange = constants.AVCOL_RANGE_MPEG
      frame.colorSpace = matrixFor(this.#settings.height)
      // A JPEG says nothing of primaries and transfer: the same on both sides keeps the scaler from guessing.
      for (const side of [this.#picture, frame]) {
        side.colorPrimaries = constants.AVCOL_PRI_BT709
        side.colorTrc = constants.AVCOL_TRC_BT709
      }
      check(await this.#scaler.scaleFrame(frame, this.#picture), this.#problem)
      frame.pts = BigInt(index)
      await this.#track.write(frame)
    } finally {
      frame.free()
      this.#picture.unref()
    }
  }

  /** Writes what the encoder still holds. */
  async finish(): Promise<void> {
    await this.#track.write(null)
  }

  close(): void {
    this.#track.close()
    this.#scaler.freeContext()
    this.#picture.free()
    this.#packet.free()
    this.#decoder.freeContext()
  }

  /** Decodes into `#picture`. A JPEG is one packet in, one picture out. */
  async #decode(jpeg: Uint8Array, index: number): Promise<void> {
    const { width, height } = this.#settings
    this.#packet.data = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)
    const sent = await this.#decoder.sendPacket(this.#packet)
    this.#packet.unref()
    const received = sent < 0 ? sent : await this.#decoder.receiveFrame(this.#picture)
    if (received < 0) {
      this.#decoder.flushBuffers()
      throw new MediaError(`Frame ${index} is not a JPEG picture that can be decoded: ${reasonOf(received)}.`)
    }
    const { width: pictureWidth, height: pictureHeight } = this.#picture
    if (pictureWidth !== width || pictureHeight !== height) {
      this.#picture.unref()
      throw new MediaError(
        `Frame ${index} is ${pictureWidth}x${pictureHeight} pixels; this film is ${width}x${height}.`,
      )
    }
  }
}

/** The length of a frame in seconds as a fraction; NTSC rates such as 29.97 become n·1000/1001. */
function frameTime(fps: number): Rational {
  if (Number.isInteger(fps)) return new Rational(1, fps)
  const ntsc = Math.round(fps * 1.001)
  if (Math.abs((ntsc * 1000) / 1001 - fps) < 0.005) return new Rational(1001, ntsc * 1000)
  return new Rational(1000, Math.round(fps * 1000))
}

function matrixFor(height: number): typeof constants.AVCOL_SPC_BT709 {
  return height >= 720 ? constants.AVCOL_SPC_BT709 : constants.AVCOL_SPC_SMPTE170M
}
