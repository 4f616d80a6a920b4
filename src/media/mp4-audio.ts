/** Mono float samples → the AAC track of an MP4. */
import { Resampler } from '../dsp/resample.js'
import { MediaError } from '../errors.js'
import { Codec, constants, type FormatContext, Frame, MONO, Rational } from './ffmpeg.js'
import { Mp4Track } from './mp4-track.js'
import { SampleFrames } from './sample-frames.js'

/** The sample rates of AAC (ISO/IEC 14496-3, table 1.18); anything else is resampled to 48 kHz. */
const AAC_RATES = new Set([
  7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
])

/** Four bits a sample are transparent for one voice; more than 128 kbit/s helps no voice. */
const MAX_BIT_RATE = 128_000
const BITS_PER_SAMPLE = 4

/** Cuts the samples into the encoder's frames and encodes them; the counter of samples is the clock. */
export class Mp4Audio {
  readonly #track: Mp4Track
  readonly #sampleRate: number
  readonly #resampler: Resampler | undefined
  readonly #frames: SampleFrames
  #position = 0

  private constructor(track: Mp4Track, sampleRate: number, resampler: Resampler | undefined) {
    this.#track = track
    this.#sampleRate = sampleRate
    this.#resampler = resampler
    this.#frames = new SampleFrames(track.encoder.frameSize)
  }

  static async open(format: FormatContext, sampleRate: number, problem: string): Promise<Mp4Audio> {
    const codec = Codec.findEncoderByName(constants.FF_ENCODER_AAC)
    if (codec === null) throw new MediaError(`${problem}: this FFmpeg has no AAC encoder.`)
    const rate = AAC_RATES.has(sampleRate) ? sampleRate : 48_000
    const track = await Mp4Track.open(
      format,
      codec,
      new Rational(1, rate),
      (encoder) => {
        encoder.sampleRate = rate
        encoder.sampleFormat = constants.AV_SAMPLE_FMT_FLTP
        encoder.channelLayout = MONO
        encoder.bitRate = BigInt(Math.min(MAX_BIT_RATE, rate * BITS_PER_SAMPLE))
        return {}
      },
      problem,
    )
    const resampler = rate === sampleRate ? undefined : new Resampler(sampleRate, rate)
    return new Mp4Audio(track, rate, resampler)
  }

  /** Appends samples in [-1, 1]. */
  async write(samples: Float32Array): Promise<void> {
    await this.#frames.add(this.#resampler?.process(samples) ?? samples, this.#encode)
  }

  /** Writes the last, shorter frame and what the encoder still holds. */
  async finish(): Promise<void> {
    if (this.#resampler) await this.#frames.add(this.#resampler.flush(), this.#encode)
    await this.#frames.rest(this.#encode)
    await this.#track.write(null)
  }

  close(): void {
    this.#track.close()
  }

  readonly #encode = async (samples: Float32Array): Promise<void> => {
    const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
    const frame = Frame.fromAudioBuffer(bytes, {
      nbSamples: samples.length,
      format: constants.AV_SAMPLE_FMT_FLTP,
      sampleRate: this.#sampleRate,
      channelLayout: MONO,
      pts: BigInt(this.#position),
    })
    this.#position += samples.length
    try {
      await this.#track.write(frame)
    } finally {
      frame.free()
    }
  }
}
