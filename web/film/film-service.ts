import { serverAddress } from '../connection/address.js'
import { uploadForm } from '../connection/form-upload.js'
import { problemOf, ServerProblem } from '../connection/server-problem.js'
import { pause } from './pause.js'

const TASKS = 'taps/dicetalk/api/v1/synthesis'
/** Milliseconds between two questions after a film that is being made. */
const ASK_EVERY = 400

/** The film's shorter side in pixels, and its frames a second. */
const SIDE = 512
const FPS = 25

/** The emotions of the server's films. */
export const FILM_EMOTIONS = [
  'neutral',
  'happy',
  'surprised',
  'sad',
  'fear',
  'angry',
  'disgusted',
  'contempt',
] as const

export type FilmEmotion = (typeof FILM_EMOTIONS)[number]

export interface FilmOrder {
  /** JPEG or PNG. */
  readonly portrait: Blob
  /** WAV or MP3. */
  readonly sound: Blob
  readonly emotion: FilmEmotion
}

/** Who follows the making of a film. */
export interface FilmListener {
  readonly signal: AbortSignal
  /** Told how much of the order has been sent, 0–1. */
  readonly onSent: (share: number) => void
  /** Told how much of the film is made, 0–1; undefined while others are made before it. */
  readonly onMade: (share: number | undefined) => void
}

interface TaskState {
  readonly status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED'
  readonly progress: number
  readonly message: string
}

/** The server's films, by its DICE-Talk interface, and its voice. */
export class FilmService {
  readonly #page: string

  /** @param page address of the page */
  constructor(page: string) {
    this.#page = page
  }

  /** Whether the server makes films. */
  async isThere(): Promise<boolean> {
    return fetch(this.#address('taps/dicetalk/api/health')).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /**
   * Lets the server's voice say something.
   * @throws ServerProblem; what the signal aborts with
   */
  async speak(text: string, emotion: FilmEmotion, signal: AbortSignal): Promise<Blob> {
    const body = {
      model: 'tts-1',
      voice: 'alloy',
      input: text,
      instructions: emotion,
      response_format: 'wav',
    }
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal }
    const answer = await fetch(this.#address('v1/audio/speech'), init)
    if (!answer.ok) throw problemOf(await answer.text())
    return answer.blob()
  }

  /**
   * Makes a film, and gives up on it when the signal aborts.
   * @returns its address
   * @throws ServerProblem saying why there is no film; what the signal aborts with
   */
  async make({ portrait, sound, emotion }: FilmOrder, listener: FilmListener): Promise<string> {
    const { signal, onSent, onMade } = listener
    const form = new FormData()
    form.append('image', portrait, 'portrait')
    form.append('audio', sound, 'sound')
    form.append('emotion', emotion)
    form.append('min_resolution', String(SIDE))
    form.append('fps', String(FPS))
    const answer = await uploadForm({ url: this.#address(`${TASKS}/start`), form, signal, onSent })
    if (!answer.ok) throw problemOf(answer.text)
    const { task_id: task } = JSON.parse(answer.text) as { task_id: string }
    try {
      await this.#made(task, signal, onMade)
    } catch (error) {
      if (signal.aborted) this.#giveUp(task)
      throw error
    }
    return this.#address(`${TASKS}/${task}/download`)
  }

  async #made(task: string, signal: AbortSignal, onMade: FilmListener['onMade']): Promise<void> {
    for (;;) {
      const answer = await fetch(this.#address(`${TASKS}/${task}/status`), { signal })
      const text = await answer.text()
      if (!answer.ok) throw problemOf(text)
      const { status, progress, message } = JSON.parse(text) as TaskState
      if (status === 'COMPLETED') return
      if (status === 'FAILED') throw new ServerProblem(message)
      onMade(status === 'PENDING' ? undefined : progress)
      await pause(ASK_EVERY, signal)
    }
  }

  /** Nobody waits for the answer: a film that is not given up is made for nobody, and forgotten later. */
  #giveUp(task: string): void {
    fetch(this.#address(`${TASKS}/${task}/cancel`), { method: 'POST', keepalive: true }).catch(
      () => undefined,
    )
  }

  #address(path: string): string {
    return serverAddress(this.#page, path)
  }
}
