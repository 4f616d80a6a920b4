/** Sound and pictures that come at their own times, laid along the time line of an MP4. */
import { Resampler } from '../dsp/resample.js'
import { CancelledError, MediaError } from '../errors.js'
import { fitJpeg } from './fit-jpeg.js'
import { createMp4Writer, type Mp4Summary, type Mp4Writer } from './mp4.js'
import { usualRate } from './usual-rate.js'

export interface FilmTimelineOptions {
  readonly path: string
  /** Frames a second of the film. */
  readonly fps: number
  /** Hz of its sound. */
  readonly sampleRate: number
  /** Told once, when the film cannot go on. */
  readonly onFailed: (error: unknown) => void
}

/** A JPEG and its size in pixels. */
interface Picture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** Pictures that may wait for the encoder; one too many is left out, and the one before it is shown longer. */
const MOST_PICTURES = 50
/** Seconds of sound that may wait for the first picture, whose size the film takes. */
const MOST_BEFORE_PICTURE = 10
/** Frames at the film's end that all are there: the encoder reorders some, and takes the time of one for another's. */
const LAST_FRAMES = 4
/** Half a second of quiet, for the silences. */
const SILENT_SAMPLES = 24_000

/**
 * Lays sound and pictures along the time line of an MP4, each at its place: sound in samples, pictures in frames, from
 * the film's zero. Calls return at once; the encoder follows in their order.
 */
export class FilmTimeline {
  readonly #options: FilmTimelineOptions
  readonly #silence = new Float32Array(SILENT_SAMPLES)
  #mp4: Mp4Writer | undefined
  #size: { readonly width: number; readonly height: number } | undefined
  /** Steps of the encoder, one after the other. */
  #work: Promise<void> = Promise.resolve()
  /** Sound before the first picture. */
  #early: Float32Array[] = []
  #earlySamples = 0
  #samples = 0
  #nextFrame = 0
  #pictures = 0
  #last: Picture | undefined
  #resampler: Resampler | undefined
  #failure: unknown

  constructor(options: FilmTimelineOptions) {
    this.#options = options
  }

  /** Samples up to which there is sound, or silence. */
  get samples(): number {
    return this.#samples
  }

  /** The first frame that has no picture yet. */
  get nextFrame(): number {
    return this.#nextFrame
  }

  /** Puts sound at a sample: silence before it where there is a gap; what is there already stays. */
  sound(samples: Float32Array, at: number): void {
    this.#silenceUntil(at)
    this.#append(samples.subarray(Math.max(0, this.#samples - at)))
  }

  /**
   * The same for sound of any rate that follows the last call's. The end of a stream is heard after {@link endStream}.
   * @param at of the stream's first sample, while it is at its beginning
   */
  stream(samples: Float32Array, sampleRate: number, at: number): void {
    const rate = usualRate(sampleRate)
    if (rate === this.#options.sampleRate) {
      this.sound(samples, at)
      return
    }
    if (this.#resampler?.from !== rate) {
      this.endStream()
      this.#silenceUntil(at)
      this.#resampler = new Resampler(rate, this.#options.sampleRate)
    }
    this.#append(this.#resampler.process(samples).slice())
  }

  endStream(): void {
    const rest = this.#resampler?.flush().slice()
    this.#resampler = undefined
    if (rest !== undefined) this.#append(rest)
  }

  /** Shows a picture from a frame on; one that comes too late for its place, or too early for the encoder, is left out. */
  picture(picture: Picture, at: number): void {
    if (at < this.#nextFrame || this.#failure !== undefined) return
    const isFirst = this.#nextFrame === 0
    if (!isFirst && this.#pictures >= MOST_PICTURES) return
    this.#nextFrame = at + 1
    this.#last = picture
    if (isFirst) {
      // Players skip what has no picture: the first one is there from the beginning.
      this.#do(() => this.#open(picture))
      if (at > 0) this.#do(() => this.#show(picture, 0))
    }
    this.#pictures += 1
    this.#do(async () => {
      this.#pictures -= 1
      await this.#show(picture, at)
    })
  }

  /**
   * Ends the film at a time, in silence and with the last picture.
   * @returns undefined when nothing was seen: then there is no film
   * @throws what the encoder threw
   */
  async finish(seconds: number): Promise<Mp4Summary | undefined> {
    const { fps, sampleRate } = this.#options
    this.endStream()
    this.#silenceUntil(Math.round(seconds * sampleRate))
    await this.#work
    const end = Math.max(Math.round((this.#samples / sampleRate) * fps), 1)
    for (let frame = Math.max(0, end - LAST_FRAMES); this.#last !== undefined && frame < end; frame += 1) {
      this.picture(this.#last, frame)
    }
    await this.#work
    if (this.#failure !== undefined) throw this.#failure
    return this.#mp4?.finish()
  }

  /** Gives the film up. */
  async abort(): Promise<void> {
    this.#failure ??= new CancelledError('The film was given up.')
    await this.#work
    await this.#mp4?.abort()
  }

  async #open({ width, height }: Picture): Promise<void> {
    const { path, fps, sampleRate } = this.#options
    // H.264 wants even sizes.
    this.#size = { width: width - (width % 2), height: height - (height % 2) }
    this.#mp4 = await createMp4Writer(path, { ...this.#size, fps, sampleRate, threads: 1 })
    for (const samples of this.#early) await this.#mp4.writeAudio(samples)
    this.#early = []
  }

  /** The size of the film is that of its first picture, whatever the face is changed to. */
  async #show(picture: Picture, at: number): Promise<void> {
    const { width, height } = this.#size!
    const fits = picture.width === width && picture.height === height
    await this.#mp4!.writeFrame(fits ? picture.data : await fitJpeg(picture.data, width, height), at)
  }

  #silenceUntil(at: number): void {
    while (this.#samples < at) this.#append(this.#silence.subarray(0, at - this.#samples))
  }

  /** Samples must stay as they are. */
  #append(samples: Float32Array): void {
    if (samples.length === 0) return
    this.#samples += samples.length
    if (this.#failure !== undefined) return
    if (this.#nextFrame > 0) {
      this.#do(() => this.#mp4!.writeAudio(samples))
      return
    }
    this.#early.push(samples)
    if (samples.buffer !== this.#silence.buffer) this.#earlySamples += samples.length
    if (this.#earlySamples <= MOST_BEFORE_PICTURE * this.#options.sampleRate) return
    this.#fail(new MediaError('A film needs pictures, and none came: streams must have frames.'))
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#failure !== undefined) return
      try {
        await step()
      } catch (error) {
        this.#fail(error)
      }
    })
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#early = []
    this.#options.onFailed(error)
  }
}
