import { CancelledError } from '../../errors.js'
import type { HearingEvent } from '../../stages/hearing/hearing.js'
import type { Transcriber } from '../../stages/hearing/transcribe.js'

export interface TranscriptionOptions {
  readonly transcriber: Transcriber
  /** Takes what was said; never empty. */
  readonly onWords: (words: string) => void
  /** Takes why it is not known. */
  readonly onError: (error: unknown) => void
}

type Heard = Extract<HearingEvent, { type: 'utterance' }>

/** Longest sound that is written down at once, in seconds: of more, the beginning is left out. */
const LONGEST_SECONDS = 60

/**
 * Has written down what somebody says. Whoever goes on speaking before their words are there has not finished: what
 * was on its way is given up, and written down again together with what follows.
 */
export class Transcription {
  readonly #options: TranscriptionOptions
  /** What was said and not yet answered. */
  #parts: Heard[] = []
  #request: AbortController | undefined
  readonly #running = new Set<Promise<void>>()

  constructor(options: TranscriptionOptions) {
    this.#options = options
  }

  /** Somebody begins to speak, or goes on. */
  voiceStarts(): void {
    this.#request?.abort(new CancelledError('More is being said.'))
    this.#request = undefined
  }

  /** They have stopped; of what they said, this is the sound. */
  take(utterance: Heard): void {
    this.voiceStarts()
    this.#parts.push(utterance)
    while (this.#parts.length > 1 && seconds(this.#parts) > LONGEST_SECONDS) this.#parts.shift()
    if (!utterance.cut) this.retry()
  }

  /** Nothing more comes: what waits is written down as it is. */
  retry(): void {
    if (this.#parts.length === 0 || this.#request !== undefined) return
    const request = new AbortController()
    this.#request = request
    const work = this.#write(joined(this.#parts), request.signal).finally(() => this.#running.delete(work))
    this.#running.add(work)
  }

  /** What was said needs no answer any more. */
  forget(): void {
    this.voiceStarts()
    this.#parts = []
  }

  /** Resolves when all work has ended. */
  async close(): Promise<void> {
    this.forget()
    await Promise.all(this.#running)
  }

  async #write(sound: { samples: Float32Array; sampleRate: number }, signal: AbortSignal): Promise<void> {
    const { transcriber, onWords, onError } = this.#options
    try {
      const words = await transcriber.transcribe(sound, signal)
      if (signal.aborted) return
      this.forget()
      if (words !== '') onWords(words)
    } catch (error) {
      if (signal.aborted) return
      this.forget()
      onError(error)
    }
  }
}

function seconds(parts: readonly Heard[]): number {
  return parts.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0)
}

/** All parts in one; the ears give all of them the same rate. */
function joined(parts: readonly Heard[]): { samples: Float32Array; sampleRate: number } {
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.samples.length, 0))
  let at = 0
  for (const part of parts) {
    samples.set(part.samples, at)
    at += part.samples.length
  }
  return { samples, sampleRate: parts[0]!.sampleRate }
}
