/** The part of the Web Speech API that is used here; TypeScript's `dom` library has only its results. */
interface SpeechRecognition extends EventTarget {
  lang: string
  continuous: boolean
  interimResults: boolean
  onspeechstart: (() => void) | null
  onresult:
    ((event: { readonly resultIndex: number; readonly results: SpeechRecognitionResultList }) => void) | null
  onerror: ((event: { readonly error: string }) => void) | null
  onend: (() => void) | null
  start(): void
  abort(): void
}

export interface RecognitionListener {
  /** Somebody begins to speak, as the browser hears it. */
  began(): void
  /** What they said. */
  heard(text: string): void
  /** It does not work here, and why; it has ended. */
  failed(error: string): void
}

/** Milliseconds after which it is started again when it has ended by itself. */
const PAUSE = 250

/** Not failures: it is started again. */
const PASSING = new Set(['no-speech', 'aborted'])

/** The class that recognises speech in this browser; undefined where there is none. */
function recognitionClass(): (new () => SpeechRecognition) | undefined {
  type Names = Partial<Record<'SpeechRecognition' | 'webkitSpeechRecognition', new () => SpeechRecognition>>
  const { SpeechRecognition: own, webkitSpeechRecognition: prefixed } = globalThis as Names
  return own ?? prefixed
}

/** Whether this browser can write down what is said. It may ask its maker's servers to. */
export function canRecognise(): boolean {
  return recognitionClass() !== undefined
}

/** The browser's own writing down of speech, on until it is stopped. */
export class Recognition {
  readonly #listener: RecognitionListener
  readonly #language: string
  #running: SpeechRecognition | undefined

  /** @param language of what is said, as BCP 47 */
  constructor(language: string, listener: RecognitionListener) {
    this.#language = language
    this.#listener = listener
    this.#start()
  }

  stop(): void {
    const running = this.#running
    this.#running = undefined
    running?.abort()
  }

  #start(): void {
    const Recogniser = recognitionClass()
    if (Recogniser === undefined) return
    const recogniser = new Recogniser()
    recogniser.lang = this.#language
    recogniser.continuous = true
    recogniser.interimResults = false
    recogniser.onspeechstart = () => this.#listener.began()
    recogniser.onresult = ({ resultIndex, results }) => {
      for (let index = resultIndex; index < results.length; index += 1) {
        const result = results[index]
        const text = result?.isFinal === true ? (result[0]?.transcript.trim() ?? '') : ''
        if (text !== '') this.#listener.heard(text)
      }
    }
    recogniser.onerror = ({ error }) => {
      if (PASSING.has(error) || this.#running !== recogniser) return
      this.stop()
      this.#listener.failed(error)
    }
    // Browsers end it after a while of silence, or a minute.
    recogniser.onend = () => {
      setTimeout(() => {
        if (this.#running === recogniser) this.#start()
      }, PAUSE)
    }
    this.#running = recogniser
    recogniser.start()
  }
}
