/** Decoded pictures of any pixel format, colour space, size and orientation → RGB pixels of one size. */
import { MediaError } from '../errors.js'
import { check, constants, Filter, type FilterContext, FilterGraph, FilterInOut, Frame } from './ffmpeg.js'
import type { Orientation, Size } from './video-orientation.js'

/** HDTV from this many lines: where a file does not name its colour matrix, players tell by the size. */
const HD_LINES = 720

/** Options of FFmpeg's scaler that map HDR and wide colours to those of HDTV, which are shown as sRGB. */
const TO_SDR = ':out_primaries=bt709:out_transfer=bt709'

interface Graph {
  readonly graph: FilterGraph
  readonly source: FilterContext
  readonly sink: FilterContext
}

/**
 * Scales, converts and turns pictures on libuv's threads. A format that changes in mid-stream is followed; the size
 * delivered stays. Of interlaced pictures one field is used, so that moving edges show no combs.
 */
export class VideoConverter {
  readonly #size: Size
  readonly #orientation: Orientation
  readonly #problem: string
  readonly #output = new Frame()
  #graph: Graph | undefined
  #key = ''
  #interlaced = false

  /**
   * @param size - to deliver, before the turn.
   * @param problem - start of the error message when a picture cannot be converted.
   */
  constructor(size: Size, orientation: Orientation, problem: string) {
    this.#size = size
    this.#orientation = orientation
    this.#problem = problem
    this.#output.alloc()
  }

  /** Converts one decoded picture, whose content is used up; {@link copy} gives the result. */
  async convert(frame: Frame): Promise<void> {
    if (!namesMatrix(frame)) frame.colorSpace = likelyMatrix(frame)
    this.#interlaced ||= frame.hasFlags(constants.AV_FRAME_FLAG_INTERLACED)
    const key = [
      frame.width,
      frame.height,
      frame.format,
      frame.colorSpace,
      frame.colorRange,
      frame.colorPrimaries,
      frame.colorTrc,
      this.#interlaced,
    ].join()
    if (this.#graph === undefined || key !== this.#key) {
      this.#graph = await this.#rebuild(frame)
      this.#key = key
    }
    this.#output.unref()
    check(await this.#graph.source.buffersrcAddFrame(frame, constants.AV_BUFFERSRC_FLAG_PUSH), this.#problem)
    check(this.#graph.sink.buffersinkGetFrameSync(this.#output), this.#problem)
  }

  /** The pixels of the newest picture, in a buffer of their own. */
  copy(): Uint8Array {
    const { data, width, height, linesize } = this.#output
    const pixels = data?.[0]
    const stride = linesize[0] ?? 0
    if (pixels === undefined) throw new MediaError(`${this.#problem}: no picture came out.`)
    const row = width * 3
    // Not from the pool and not filled with zeros, since every byte is written.
    const rgb = new Uint8Array(Buffer.allocUnsafeSlow(row * height).buffer)
    if (stride === row) rgb.set(pixels.subarray(0, rgb.length))
    else for (let y = 0; y < height; y++) rgb.set(pixels.subarray(y * stride, y * stride + row), y * row)
    return rgb
  }

  /** Frees FFmpeg's memory. */
  close(): void {
    this.#graph?.graph.free()
    this.#graph = undefined
    this.#output.free()
  }

  async #rebuild(frame: Frame): Promise<Graph> {
    this.#graph?.graph.free()
    this.#graph = undefined
    const graph = new FilterGraph()
    try {
      graph.alloc()
      graph.nbThreads = 1
      const source = this.#add(graph, 'buffer', sourceOptions(frame))
      const sink = this.#add(graph, 'buffersink', null)
      // Named from outside: what feeds the filters is an output, what they feed is an input.
      const outputs = FilterInOut.createList([{ name: 'in', filterCtx: source, padIdx: 0 }])
      const inputs = FilterInOut.createList([{ name: 'out', filterCtx: sink, padIdx: 0 }])
      check(graph.parsePtr(this.#filters(frame), inputs, outputs), this.#problem)
      check(await graph.config(), this.#problem)
      return { graph, source, sink }
    } catch (error) {
      graph.free()
      throw error instanceof MediaError ? error : new MediaError(`${this.#problem}.`, { cause: error })
    }
  }

  #add(graph: FilterGraph, kind: string, options: string | null): FilterContext {
    const filter = Filter.getByName(kind)
    const context = filter && graph.createFilter(filter, kind, options)
    if (!context) throw new MediaError(`${this.#problem}: FFmpeg's filter ${kind} refused its options.`)
    return context
  }

  #filters(frame: Frame): string {
    const { width, height } = this.#size
    const { transpose, flipX, flipY } = this.#orientation
    const filters = [
      this.#interlaced && 'field=type=top',
      `scale=w=${width}:h=${height}:flags=bicubic:out_range=full${isWide(frame) ? TO_SDR : ''}`,
      'format=rgb24',
      transpose && 'transpose=dir=cclock_flip',
      flipX && 'hflip',
      flipY && 'vflip',
    ]
    return filters.filter((filter) => filter !== false).join(',')
  }
}

function sourceOptions(frame: Frame): string {
  return [
    `video_size=${frame.width}x${frame.height}`,
    `pix_fmt=${frame.format}`,
    'time_base=1/1000000',
    'pixel_aspect=1/1',
    `colorspace=${frame.colorSpace}`,
    `range=${frame.colorRange}`,
  ].join(':')
}

/** Damage can leave a number that stands for nothing. */
function namesMatrix({ colorSpace }: Frame): boolean {
  return (
    colorSpace !== constants.AVCOL_SPC_UNSPECIFIED &&
    colorSpace !== constants.AVCOL_SPC_RESERVED &&
    colorSpace <= constants.AVCOL_SPC_YCGCO_RO
  )
}

function likelyMatrix({ height, width }: Frame): typeof constants.AVCOL_SPC_BT709 {
  return Math.min(width, height) >= HD_LINES ? constants.AVCOL_SPC_BT709 : constants.AVCOL_SPC_SMPTE170M
}

/** Phones film in HLG, cameras in PQ, both in wider colours: shown as they are, they look grey. */
function isWide({ colorPrimaries, colorTrc }: Frame): boolean {
  return (
    colorTrc === constants.AVCOL_TRC_SMPTE2084 ||
    colorTrc === constants.AVCOL_TRC_ARIB_STD_B67 ||
    colorPrimaries === constants.AVCOL_PRI_BT2020 ||
    colorPrimaries === constants.AVCOL_PRI_SMPTE432
  )
}
