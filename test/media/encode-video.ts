/** Makes video files of any format for tests, with FFmpeg. */
import {
  check,
  Codec,
  CodecContext,
  constants,
  Dictionary,
  FormatContext,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
} from '../../src/media/ffmpeg.js'

export interface EncodeVideoOptions {
  /** FFmpeg's name of the container: `mp4`, `mov`, `webm`, `matroska`, `avi` … */
  readonly container: string
  /** FFmpeg's name of the encoder: `libx264`, `libvpx-vp9`, `mjpeg` … */
  readonly encoder: string
  readonly width: number
  readonly height: number
  /** Seconds at which the pictures are shown, rising: evenly spaced, or not. See {@link evenly}. */
  readonly times: readonly number[]
  /** Paints picture `index`: `width * height` RGB pixels, which hold the picture before. */
  readonly paint: (rgb: Uint8Array, index: number) => void
  /** Default: yuv420p. */
  readonly pixelFormat?: typeof constants.AV_PIX_FMT_YUV420P
  /** Default: BT.601, limited range; with `tagged: false` the file does not say so. */
  readonly colorSpace?: typeof constants.AVCOL_SPC_BT709
  readonly colorRange?: typeof constants.AVCOL_RANGE_MPEG
  readonly tagged?: boolean
  /** Degrees by which a player turns the picture clockwise: 90, 180 or 270; `mirrored` flips it left to right first. */
  readonly rotation?: number
  readonly mirrored?: boolean
  /** Width of a pixel by its height. */
  readonly pixelAspect?: readonly [number, number]
  readonly interlaced?: boolean
  /** Ticks a second of the timestamps. Default: 90000, or where the container asks for a frame rate, that. */
  readonly fps?: number
  /** Options of the encoder and of the container, such as `{ g: '10' }` and `{ movflags: 'faststart' }`. */
  readonly encoding?: Record<string, string>
  readonly muxing?: Record<string, string>
}

/** The times of `count` pictures at a constant rate. */
export function evenly(fps: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index / fps)
}

/** Fills an RGB picture with one colour. */
export function fill(rgb: Uint8Array, red: number, green: number, blue: number): void {
  for (let at = 0; at < rgb.length; at += 3) {
    rgb[at] = red
    rgb[at + 1] = green
    rgb[at + 2] = blue
  }
}

/** Encodes painted pictures into a file without sound. */
export async function encodeVideo(path: string, options: EncodeVideoOptions): Promise<void> {
  const problem = `test file ${path} (${options.encoder})`
  const { width, height, times } = options
  const format = new FormatContext()
  check(format.allocOutputContext2(null, options.container, `file:${path}`), problem)
  const codec = Codec.findEncoderByName(options.encoder as typeof constants.FF_ENCODER_LIBX264)
  if (codec === null) throw new Error(`${problem}: no such encoder`)
  const encoder = new CodecContext()
  encoder.allocContext3(codec)
  encoder.width = width
  encoder.height = height
  encoder.pixelFormat = options.pixelFormat ?? constants.AV_PIX_FMT_YUV420P
  encoder.timeBase = new Rational(1, options.fps ?? 90_000)
  if (options.fps !== undefined) encoder.framerate = new Rational(options.fps, 1)
  encoder.threadCount = 1
  const { colorSpace = constants.AVCOL_SPC_SMPTE170M, colorRange = constants.AVCOL_RANGE_MPEG } = options
  encoder.colorRange = colorRange
  if (options.tagged !== false) encoder.colorSpace = colorSpace
  if (options.pixelAspect) encoder.sampleAspectRatio = new Rational(...options.pixelAspect)
  if (options.interlaced) encoder.setFlags(constants.AV_CODEC_FLAG_INTERLACED_DCT)
  if (!['avi'].includes(options.container)) encoder.setFlags(constants.AV_CODEC_FLAG_GLOBAL_HEADER)
  check(await encoder.open2(codec, Dictionary.fromObject(options.encoding ?? {})), problem)
  const stream = format.newStream(codec)
  stream.timeBase = encoder.timeBase
  if (options.fps !== undefined) stream.avgFrameRate = new Rational(options.fps, 1)
  check(stream.codecpar.fromContext(encoder), problem)
  if (options.pixelAspect) stream.sampleAspectRatio = new Rational(...options.pixelAspect)
  if (options.rotation !== undefined || options.mirrored) {
    const matrix = displayMatrix(options.rotation ?? 0, options.mirrored ?? false)
    check(stream.codecpar.addCodedSideData(constants.AV_PKT_DATA_DISPLAYMATRIX, matrix), problem)
  }
  check(await format.openOutput(), problem)
  check(await format.writeHeader(Dictionary.fromObject(options.muxing ?? {})), problem)

  const scaler = new SoftwareScaleContext()
  scaler.allocContext()
  const packet = new Packet()
  packet.alloc()
  const ticks = encoder.timeBase.den / encoder.timeBase.num
  // Not every encoder passes the length of a picture on; a muxer needs that of the last one at least.
  const durations = durationsOf(times, ticks)
  const writePackets = async (): Promise<void> => {
    while ((await encoder.receivePacket(packet)) >= 0) {
      packet.streamIndex = 0
      packet.duration = durations.get(packet.pts) ?? 0n
      packet.rescaleTs(encoder.timeBase, stream.timeBase)
      check(format.writeFrameSync(packet), problem)
    }
  }
  const rgb = new Uint8Array(width * height * 3)
  for (const [index, time] of times.entries()) {
    options.paint(rgb, index)
    const source = Frame.fromVideoBuffer(Buffer.from(rgb.buffer), {
      width,
      height,
      format: constants.AV_PIX_FMT_RGB24,
    })
    const frame = new Frame()
    frame.alloc()
    frame.width = width
    frame.height = height
    frame.format = encoder.pixelFormat
    check(frame.getBuffer(), problem)
    frame.colorRange = colorRange
    frame.colorSpace = colorSpace
    for (const side of [source, frame]) {
      side.colorPrimaries = constants.AVCOL_PRI_BT709
      side.colorTrc = constants.AVCOL_TRC_BT709
    }
    check(await scaler.scaleFrame(frame, source), problem)
    frame.pts = BigInt(Math.round(time * ticks))
    if (options.interlaced) frame.setFlags(constants.AV_FRAME_FLAG_INTERLACED)
    if (options.tagged === false) frame.colorSpace = constants.AVCOL_SPC_UNSPECIFIED
    check(await encoder.sendFrame(frame), problem)
    source.free()
    frame.free()
    await writePackets()
  }
  check(await encoder.sendFrame(null), problem)
  await writePackets()
  check(await format.writeTrailer(), problem)
  await format.closeOutput()
  packet.free()
  scaler.freeContext()
  encoder.freeContext()
  format.freeContext()
}

/** Ticks from each timestamp to the next; the last picture is shown as long as the one before it. */
function durationsOf(times: readonly number[], ticks: number): Map<bigint, bigint> {
  const stamps = times.map((time) => Math.round(time * ticks))
  const last = stamps.length > 1 ? stamps.at(-1)! - stamps.at(-2)! : ticks / 25
  return new Map(
    stamps.map((stamp, index) => [
      BigInt(stamp),
      BigInt(Math.round((stamps[index + 1] ?? stamp + last) - stamp)),
    ]),
  )
}

/** The 3 × 3 matrix of the ISO base media format, in FFmpeg's layout: a turn clockwise after a mirroring. */
function displayMatrix(degrees: number, mirrored: boolean): Buffer {
  const angle = (degrees * Math.PI) / 180
  const cos = Math.round(Math.cos(angle) * 65536)
  const sin = Math.round(Math.sin(angle) * 65536)
  const flip = mirrored ? -1 : 1
  const matrix = new Int32Array([flip * cos, flip * sin, 0, -sin, cos, 0, 0, 0, 1 << 30])
  return Buffer.from(matrix.buffer)
}
