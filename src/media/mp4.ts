/** Writes a talking-face film: JPEG frames and mono samples in, an MP4 with H.264 and AAC out, while they arrive. */
import { CancelledError, InputError, MediaError } from '../errors.js'
import { check, Dictionary, FormatContext } from './ffmpeg.js'
import { Mp4Audio } from './mp4-audio.js'
import { Mp4Video } from './mp4-video.js'
import { createPartialFile, type PartialFile } from './partial-file.js'
import { Serial } from './serial.js'

export interface Mp4Options {
  /** Pixels, even: H.264's 4:2:0 has half as many colour samples each way. */
  readonly width: number
  readonly height: number
  /** Frames a second. */
  readonly fps: number
  /** Rate of the samples in Hz; left out, the film has no sound track. */
  readonly sampleRate?: number
  /** x264's constant rate factor: 0 lossless to 51 worst. Default: 20. */
  readonly crf?: number
  /** x264's speed against size. Default: `veryfast`. */
  readonly preset?: 'ultrafast' | 'superfast' | 'veryfast' | 'faster' | 'fast' | 'medium'
  /** Encoder threads. Default: 2; more buy little at talking-face sizes and delay the first packet. */
  readonly threads?: number
  /** Aborts the writer, as {@link Mp4Writer.abort} does. */
  readonly signal?: AbortSignal
}

export interface Mp4Summary {
  /** Frames written. */
  readonly frames: number
  /** Seconds of picture: the end of the last frame. */
  readonly videoDuration: number
  /** Seconds of sound. */
  readonly audioDuration: number
}

/**
 * A film being written. Await each write before the next: that is the backpressure. Writes may also be called side
 * by side from an audio and a video branch; they are done in the order of the calls.
 */
export interface Mp4Writer {
  /** Adds the JPEG that is shown from `index / fps` seconds on. Indices rise; a gap keeps the frame before it. */
  writeFrame(jpeg: Uint8Array, index: number): Promise<void>
  /** Appends mono samples in [-1, 1]; the first one sounds at 0 seconds. */
  writeAudio(samples: Float32Array): Promise<void>
  /** Ends the film and puts it in its place. Only now does the file exist under its name. */
  finish(): Promise<Mp4Summary>
  /** Gives the film up and removes what was written. Waits for work under way; may be called again. */
  abort(): Promise<void>
}

/**
 * Opens an MP4 for writing. The film grows in `<path>.partial-<random>` beside the target and is renamed when it is
 * whole, with its index in front so that it plays while it loads. A write that fails gives the film up,
 * unless it was refused with an InputError.
 *
 * @throws InputError for a size, rate or path that cannot work.
 * @throws MediaError when FFmpeg refuses; later from the writes, for a damaged JPEG or a full disk.
 */
export async function createMp4Writer(path: string, options: Mp4Options): Promise<Mp4Writer> {
  checkOptions(options)
  if (options.signal?.aborted) throw new CancelledError(`Writing ${path} was cancelled.`)
  const file = await createPartialFile(path)
  const film = new Film(path, file, options)
  try {
    await film.open()
  } catch (error) {
    await film.abort()
    throw error
  }
  return film
}

class Film implements Mp4Writer {
  readonly #path: string
  readonly #file: PartialFile
  readonly #options: Mp4Options
  readonly #problem: string
  readonly #format = new FormatContext()
  readonly #serial = new Serial()
  #video: Mp4Video | undefined
  #audio: Mp4Audio | undefined
  #state: 'open' | 'finished' | 'aborted' | 'failed' = 'open'
  #released = false
  #frames = 0
  #nextIndex = 0
  #samples = 0

  constructor(path: string, file: PartialFile, options: Mp4Options) {
    this.#path = path
    this.#file = file
    this.#options = options
    this.#problem = `${path} cannot be written`
  }

  async open(): Promise<void> {
    const { sampleRate, signal, crf = 20, preset = 'veryfast', threads = 2 } = this.#options
    const format = this.#format
    // The prefix keeps FFmpeg from taking a colon in the name for a protocol.
    check(format.allocOutputContext2(null, 'mp4', `file:${this.#file.path}`), this.#problem)
    this.#video = await Mp4Video.open(format, { ...this.#options, crf, preset, threads }, this.#problem)
    if (sampleRate !== undefined) this.#audio = await Mp4Audio.open(format, sampleRate, this.#problem)
    check(await format.openOutput(), this.#problem)
    const muxing = Dictionary.fromObject({ movflags: '+faststart' })
    const written = await format.writeHeader(muxing)
    muxing.free()
    check(written, this.#problem)
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (signal?.aborted) this.#onAbort()
  }

  writeFrame(jpeg: Uint8Array, index: number): Promise<void> {
    const checkIndex = (): void => {
      if (Number.isSafeInteger(index) && index >= this.#nextIndex) return
      throw new InputError(
        `Frame index ${index} was given; a whole number from ${this.#nextIndex} on is expected.`,
      )
    }
    return this.#do(checkIndex, async () => {
      await this.#video?.write(jpeg, index)
      this.#nextIndex = index + 1
      this.#frames++
    })
  }

  writeAudio(samples: Float32Array): Promise<void> {
    const checkTrack = (): void => {
      if (!this.#audio) throw new InputError('This film was opened without sampleRate, so it takes no audio.')
    }
    return this.#do(checkTrack, async () => {
      await this.#audio?.write(samples)
      this.#samples += samples.length
    })
  }

  finish(): Promise<Mp4Summary> {
    const checkFrames = (): void => {
      if (this.#frames === 0) throw new InputError(`${this.#problem}: no frame was given.`)
    }
    return this.#do(checkFrames, async () => {
      await this.#video?.finish()
      if (this.#samples === 0) await this.#writeSilence()
      await this.#audio?.finish()
      check(await this.#format.writeTrailer(), this.#problem)
      await this.#format.closeOutput()
      this.#throwIfAborted()
      await this.#file.commit()
      this.#state = 'finished'
      this.#release()
      return {
        frames: this.#frames,
        videoDuration: this.#nextIndex / this.#options.fps,
        audioDuration: this.#samples / (this.#options.sampleRate ?? 1),
      }
    })
  }

  abort(): Promise<void> {
    if (this.#state === 'finished') return Promise.resolve()
    this.#state = 'aborted'
    return this.#serial.run(() => this.#discard())
  }

  readonly #onAbort = (): void => {
    void this.abort()
  }

  /**
   * Runs a step in turn. Arguments that do not fit are refused before anything is done with them, and the film goes
   * on; a step that fails leaves an encoder half-way, so the film is given up.
   */
  #do<T>(checkArguments: () => void, step: () => Promise<T>): Promise<T> {
    return this.#serial.run(async () => {
      this.#throwIfAborted()
      if (this.#state !== 'open') {
        throw new MediaError(`${this.#problem}: the film has ${this.#state} already.`)
      }
      checkArguments()
      try {
        return await step()
      } catch (error) {
        this.#state = 'failed'
        await this.#discard()
        throw error
      }
    })
  }

  #throwIfAborted(): void {
    if (this.#state === 'aborted') throw new CancelledError(`Writing ${this.#path} was cancelled.`)
  }

  /** A sound track without any sample confuses players: one that was announced but not used is silent. */
  async #writeSilence(): Promise<void> {
    const { fps, sampleRate = 0 } = this.#options
    const second = new Float32Array(sampleRate)
    for (let left = Math.round((this.#nextIndex / fps) * sampleRate); left > 0; left -= second.length) {
      await this.#audio?.write(second.subarray(0, left))
    }
  }

  async #discard(): Promise<void> {
    if (this.#released) return
    await this.#format.closeOutput()
    this.#release()
    await this.#file.discard()
  }

  #release(): void {
    this.#released = true
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#video?.close()
    this.#audio?.close()
    this.#format.freeContext()
  }
}

/** @throws InputError naming a size, rate or quality that no film can have */
export function checkOptions(options: Mp4Options): void {
  const { width, height, fps, sampleRate, crf, threads } = options
  for (const [field, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 16 || value > 8192 || value % 2 !== 0) {
      throw new InputError(`${field} is ${value}; an even number of pixels from 16 to 8192 is expected.`)
    }
  }
  if (!(fps >= 1 && fps <= 240)) throw new InputError(`fps is ${fps}; a number from 1 to 240 is expected.`)
  checkInteger('sampleRate', sampleRate, 4000, 192_000)
  checkInteger('crf', crf, 0, 51)
  checkInteger('threads', threads, 1, 64)
}

function checkInteger(field: string, value: number | undefined, low: number, high: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return
  throw new InputError(`${field} is ${value}; a whole number from ${low} to ${high} is expected.`)
}
