/** Any sample format, channel layout and rate that FFmpeg decodes to → mono float at one rate. */
import {
  check,
  constants,
  avChannelLayoutDefault,
  type Frame,
  MONO,
  SoftwareResampleContext,
} from './ffmpeg.js'

/**
 * Resampler settings. FFmpeg's defaults (32 taps, cut-off 0.97) fold tones just above the new Nyquist frequency
 * back at -22 dB; these keep every alias of tones 5 % above it below -90 dB and cost 0.3 dB at 90 % of it.
 */
const RESAMPLING = { filter_size: '64', cutoff: '0.95' }

const NO_SAMPLES = new Float32Array(0)

/**
 * Streaming conversion to mono. Stereo is mixed by mean; surround by the usual speaker weights, scaled so that it
 * cannot clip; channels without known speakers by mean. A format that changes in mid-stream is followed.
 */
export class MonoConverter {
  readonly #sampleRate: number
  readonly #problem: string
  #resampler: SoftwareResampleContext | undefined
  #sourceKey = ''
  #sourceRate = 1
  #bytes = Buffer.alloc(0)
  #samples = NO_SAMPLES
  /** Samples due for what was converted before the format last changed, and input samples since then. */
  #due = 0
  #received = 0
  #produced = 0

  /**
   * @param sampleRate - output rate in Hz.
   * @param problem - start of the error message when a format cannot be converted.
   */
  constructor(sampleRate: number, problem: string) {
    this.#sampleRate = sampleRate
    this.#problem = problem
  }

  /** Converts one decoded frame. The result is a view that the next call overwrites. */
  convert(frame: Frame): Float32Array {
    const key = `${frame.sampleRate}/${frame.format}/${frame.channels}/${frame.channelLayout.mask}`
    let filled = 0
    if (key !== this.#sourceKey) {
      filled = this.#finishFormat()
      this.#open(frame)
      this.#sourceKey = key
    }
    const input = frame.extendedData ?? frame.data ?? []
    filled += this.#run(filled, input, frame.nbSamples)
    this.#received += frame.nbSamples
    return this.#take(filled)
  }

  /** The end of the stream: what the filter still holds, so that the total length is exact. Same view rules. */
  flush(): Float32Array {
    return this.#take(this.#finishFormat())
  }

  /** Frees FFmpeg's memory. */
  close(): void {
    this.#resampler?.free()
    this.#resampler = undefined
  }

  #take(length: number): Float32Array {
    this.#produced += length
    const samples = this.#samples.subarray(0, length)
    clip(samples)
    return samples
  }

  #open(frame: Frame): void {
    this.close()
    const { channels, sampleRate } = frame
    this.#sourceRate = sampleRate
    const unnamed = frame.channelLayout.order !== constants.AV_CHANNEL_ORDER_NATIVE
    const layout = unnamed ? avChannelLayoutDefault(channels) : frame.channelLayout
    const resampler = new SoftwareResampleContext()
    this.#resampler = resampler
    const format = frame.format as typeof constants.AV_SAMPLE_FMT_FLT
    check(
      resampler.allocSetOpts2(
        MONO,
        constants.AV_SAMPLE_FMT_FLT,
        this.#sampleRate,
        layout,
        format,
        sampleRate,
      ),
      this.#problem,
    )
    // Without it FFmpeg mixes floats at 0.707 each, which can reach 1.41.
    resampler.setOption('rematrix_maxval', '1')
    if (unnamed && channels > 1) resampler.setMatrix(new Array<number>(channels).fill(1 / channels), channels)
    for (const [option, value] of Object.entries(RESAMPLING)) resampler.setOption(option, value)
    check(resampler.init(), this.#problem)
  }

  /** Drains the filter, to the length that is due exactly; returns the number of samples at the scratch's start. */
  #finishFormat(): number {
    if (this.#resampler === undefined) return 0
    this.#due += Math.round((this.#received * this.#sampleRate) / this.#sourceRate)
    this.#received = 0
    return Math.max(0, Math.min(this.#run(0, null, 0), this.#due - this.#produced))
  }

  /** Runs FFmpeg's converter into the scratch buffer at `offset`; returns how many samples came out. */
  #run(offset: number, input: Buffer[] | null, inputSamples: number): number {
    const resampler = this.#resampler
    if (resampler === undefined) return 0
    const room = resampler.getOutSamples(inputSamples)
    this.#reserve(offset, room)
    const target = [this.#bytes.subarray(offset * 4)]
    return check(resampler.convertSync(target, room, input, inputSamples), this.#problem)
  }

  #reserve(used: number, more: number): void {
    if (used + more <= this.#samples.length) return
    const grown = new Float32Array(used + more)
    grown.set(this.#samples.subarray(0, used))
    this.#samples = grown
    this.#bytes = Buffer.from(grown.buffer)
  }
}

/** Float files and lossy decoders can pass full scale; damaged float files can hold NaN, which becomes silence. */
function clip(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!
    if (value >= -1 && value <= 1) continue
    samples[i] = value > 1 ? 1 : value < -1 ? -1 : 0
  }
}
