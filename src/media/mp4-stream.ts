/** A talking-face film as bytes, to be sent while it is made: an MP4 in fragments, which needs no file and no index. */
import { check, Dictionary, FormatContext, IOContext } from './ffmpeg.js'
import { checkOptions, type Mp4Options } from './mp4.js'
import { Mp4Audio } from './mp4-audio.js'
import { Mp4Video } from './mp4-video.js'

export type Mp4StreamOptions = Omit<Mp4Options, 'sampleRate' | 'signal'> & { readonly sampleRate: number }

/** A film being coded. Await each call before the next; the bytes of all calls, joined, are the film. */
export interface Mp4Stream {
  /**
   * Adds the JPEG that is shown from `index / fps` seconds on. Indices rise; a gap keeps the frame before it.
   * @returns the bytes that are complete: often none, as they come in fragments
   * @throws MediaError for a damaged JPEG, or one of another size
   */
  writeFrame(jpeg: Uint8Array, index: number): Promise<Uint8Array>
  /** Appends mono samples in [-1, 1]; the first one sounds at 0 seconds. @returns the bytes that are complete */
  writeAudio(samples: Float32Array): Promise<Uint8Array>
  /** Ends the film. @returns the bytes that were left */
  finish(): Promise<Uint8Array>
  /** Frees the encoders, whether the film has been ended or not. Call it once, after the last call has settled. */
  close(): void
}

/** Media in a fragment, in µs: what a viewer waits for, against about 1 kB that each costs. */
const FRAGMENT_SPAN = 500_000

const BUFFER_BYTES = 65_536

/**
 * Opens a film that is coded while it is made. Its first bytes come with its first fragment, when sound and picture have
 * told where they begin.
 *
 * @throws InputError for a size or rate that cannot work
 * @throws MediaError when this build of FFmpeg lacks a codec
 */
export async function openMp4Stream(options: Mp4StreamOptions): Promise<Mp4Stream> {
  checkOptions(options)
  const film = new FragmentedFilm()
  try {
    await film.open(options)
  } catch (error) {
    film.close()
    throw error
  }
  return film
}

const PROBLEM = 'The film cannot be coded'

class FragmentedFilm implements Mp4Stream {
  readonly #format = new FormatContext()
  readonly #io = new IOContext()
  #video: Mp4Video | undefined
  #audio: Mp4Audio | undefined
  /** What FFmpeg has written since it was last taken. */
  #written: Buffer[] = []

  async open({ crf = 20, preset = 'veryfast', threads = 2, ...options }: Mp4StreamOptions): Promise<void> {
    const format = this.#format
    check(format.allocOutputContext2(null, 'mp4', null), PROBLEM)
    // FFmpeg uses its buffer again when this returns: the bytes are copied.
    const write = (bytes: Buffer): number => this.#written.push(Buffer.from(bytes)) && bytes.length
    this.#io.allocContextWithCallbacks(BUFFER_BYTES, 1, null, write, null)
    format.pb = this.#io
    this.#video = await Mp4Video.open(format, { ...options, crf, preset, threads }, PROBLEM)
    this.#audio = await Mp4Audio.open(format, options.sampleRate, PROBLEM)
    // With its header behind the first fragment's encoding, a film knows what its encoders put before its beginning.
    const muxing = Dictionary.fromObject({
      movflags: '+delay_moov+default_base_moof',
      frag_duration: String(FRAGMENT_SPAN),
    })
    const begun = await format.writeHeader(muxing)
    muxing.free()
    check(begun, PROBLEM)
  }

  async writeFrame(jpeg: Uint8Array, index: number): Promise<Uint8Array> {
    await this.#video?.write(jpeg, index)
    return this.#take()
  }

  async writeAudio(samples: Float32Array): Promise<Uint8Array> {
    await this.#audio?.write(samples)
    return this.#take()
  }

  async finish(): Promise<Uint8Array> {
    await this.#video?.finish()
    await this.#audio?.finish()
    check(await this.#format.writeTrailer(), PROBLEM)
    return this.#take()
  }

  close(): void {
    this.#video?.close()
    this.#audio?.close()
    this.#format.pb = null
    this.#format.freeContext()
    this.#io.freeContext()
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#written)
    this.#written = []
    return bytes
  }
}
