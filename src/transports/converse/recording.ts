import type { ServerEvent, Settings } from '../../client/protocol.js'
import { InputError, MediaError, PhizError, UnavailableError } from '../../errors.js'
import { FilmTimeline } from '../../media/film-timeline.js'
import { MICROSECONDS_PER_SECOND } from '../../pipeline/time.js'
import { errorBody } from '../errors.js'
import { withoutPlace } from '../http/without-place.js'
import type { RecordingPlace, RecordingStore } from '../recordings/store.js'
import type { Playback } from './playback.js'
import { RecordingFilm } from './recording-film.js'

export interface SessionRecorderOptions {
  /** Where films are kept; without, there are none. */
  readonly store: RecordingStore | undefined
  readonly playback: Playback
  readonly send: (event: ServerEvent) => void
  /** The settings as they are now. */
  readonly settings: () => Settings
  /** Hz of the session's sound. */
  readonly sampleRate: number
  readonly onUnexpectedError: (error: unknown) => void
}

interface Recording {
  readonly place: RecordingPlace
  readonly film: RecordingFilm
  readonly writer: FilmTimeline
  /** Takes it off the conversation. */
  readonly detach: () => void
}

/** How often a film takes what was heard, in milliseconds. */
const STEP_MS = 100

/** The films of one session, one at a time. */
export class SessionRecorder {
  readonly #options: SessionRecorderOptions
  #recording: Recording | undefined
  #isStarting = false
  #isClosed = false
  /** Films that are being finished. */
  readonly #ending = new Set<Promise<void>>()

  constructor(options: SessionRecorderOptions) {
    this.#options = options
  }

  /**
   * Begins a film.
   * @throws UnavailableError where none can be kept, InputError while one is, or while the client sees no pictures
   */
  async start(): Promise<void> {
    const { store, send, settings } = this.#options
    if (store === undefined) throw new UnavailableError('This server does not record conversations.')
    if (this.#recording !== undefined || this.#isStarting) {
      throw new InputError('action is "start", and a film is being recorded already; "stop" finishes it.')
    }
    const { streams, fps } = settings()
    if (!streams.includes('frames')) {
      throw new InputError(`A film needs pictures, and streams is ${streams.join(', ')}; add frames.`)
    }
    this.#isStarting = true
    try {
      const place = await store.begin().catch((error: unknown) => {
        throw withoutPlace(error, store.place)
      })
      if (this.#isClosed) return
      send({ type: 'recording-start', recording: place.id })
      this.#recording = this.#record(place, fps, store.limits.maxSeconds)
    } finally {
      this.#isStarting = false
    }
  }

  /**
   * Finishes the film; `recording-end` tells when it is whole.
   * @throws InputError when there is none
   */
  stop(): void {
    if (this.#recording === undefined) {
      throw new InputError('action is "stop", and nothing is being recorded; "start" begins a film.')
    }
    this.#end(this.#recording)
  }

  /** Finishes the film, if there is one. Resolves when all films are whole. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#recording !== undefined) this.#end(this.#recording)
    await Promise.all(this.#ending)
  }

  #record(place: RecordingPlace, fps: number, maxSeconds: number): Recording {
    const { playback, sampleRate } = this.#options
    const { lastFrame } = playback
    const onFailed = (error: unknown): void => {
      this.#end(recording, error)
    }
    const writer = new FilmTimeline({ path: place.path, fps, sampleRate, onFailed })
    const film = new RecordingFilm(writer, { fps, sampleRate })
    const unwatch = playback.watch(film)
    if (lastFrame !== undefined && !film.isPlaying) writer.picture(lastFrame, 0)
    const timer = setInterval(() => {
      film.advance()
      if (film.now >= maxSeconds * MICROSECONDS_PER_SECOND) this.#end(recording)
    }, STEP_MS)
    const detach = (): void => {
      clearInterval(timer)
      unwatch()
      film.end()
    }
    const recording = { place, film, writer, detach }
    return recording
  }

  #end(recording: Recording, error?: unknown): void {
    if (this.#recording !== recording) return
    this.#recording = undefined
    recording.detach()
    const ending = this.#finish(recording, error).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  async #finish({ place, film, writer }: Recording, problem: unknown): Promise<void> {
    const { send, store, onUnexpectedError } = this.#options
    try {
      if (problem !== undefined) throw problem
      const summary = await writer.finish(film.now / MICROSECONDS_PER_SECOND)
      if (summary === undefined) throw new MediaError('Nothing was seen, so that there is no film.')
      const bytes = await store!.finish(place)
      const duration = Math.round(summary.videoDuration * MICROSECONDS_PER_SECOND)
      send({ type: 'recording-end', recording: place.id, url: place.url, duration, bytes })
    } catch (thrown) {
      await writer.abort().catch(onUnexpectedError)
      const error = withoutPlace(thrown, store!.place)
      if (!PhizError.isInstance(error)) onUnexpectedError(error)
      const { code, message } = errorBody(error)
      send({ type: 'recording-end', recording: place.id, error: { code, message } })
    }
  }
}
