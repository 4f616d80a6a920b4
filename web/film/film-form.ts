import { ProgressView } from '../controls/progress-view.js'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import type { TextName } from '../i18n/texts.js'
import { FILM_EMOTIONS, type FilmEmotion, type FilmService } from './film-service.js'
import { portraitFile } from './portrait-file.js'
import { soundFile } from './sound-file.js'

const EMOTION_TEXTS: Readonly<Record<FilmEmotion, TextName>> = {
  neutral: 'neutral',
  happy: 'happy',
  surprised: 'surprised',
  sad: 'sad',
  fear: 'afraid',
  angry: 'angry',
  disgusted: 'disgusted',
  contempt: 'contemptuous',
}

/** A face and what it is to say, made into a film to keep. */
export class FilmForm {
  readonly #service: FilmService
  readonly #language: Language
  readonly #chosenFace: () => string
  readonly #progress: ProgressView
  readonly #form = element('film-form', HTMLFormElement)
  readonly #photo = element('film-photo', HTMLInputElement)
  readonly #words = element('film-words', HTMLTextAreaElement)
  readonly #recording = element('film-recording', HTMLInputElement)
  readonly #emotion = element('film-emotion', HTMLSelectElement)
  readonly #make = element('film-make', HTMLButtonElement)
  readonly #problem = element('film-problem', HTMLParagraphElement)
  readonly #result = element('film-result', HTMLDivElement)
  readonly #video = element('film-video', HTMLVideoElement)
  readonly #download = element('film-download', HTMLAnchorElement)

  /** @param chosenFace address of the picture of the face that the conversation has */
  constructor(service: FilmService, language: Language, chosenFace: () => string) {
    this.#service = service
    this.#language = language
    this.#chosenFace = chosenFace
    this.#progress = new ProgressView(element('film-progress', HTMLDivElement), language)
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#submit()
    })
    this.#form.addEventListener('change', () => this.#showFields())
    this.#showFields()
    language.follow(() => this.#showEmotions())
  }

  /** Shows the form where the server makes films. */
  async open(): Promise<void> {
    element('film', HTMLElement).hidden = !(await this.#service.isThere())
  }

  async #submit(): Promise<void> {
    this.#say(undefined)
    this.#make.disabled = true
    try {
      const url = await this.#progress.during('uploading', (signal) => this.#film(signal))
      if (url !== undefined) this.#show(url)
    } catch (error) {
      this.#say((error as Error).message)
    } finally {
      this.#make.disabled = false
      if (document.activeElement === document.body) this.#make.focus()
    }
  }

  async #film(signal: AbortSignal): Promise<string> {
    const emotion = FILM_EMOTIONS.find((name) => name === this.#emotion.value) ?? 'neutral'
    const portrait = await this.#readable(portraitFile(await this.#face(signal)))
    const sound = await this.#sound(emotion, signal)
    signal.throwIfAborted()
    return this.#service.make(
      { portrait, sound, emotion },
      {
        signal,
        onSent: (share) => this.#progress.show('uploading', share),
        onMade: (share) => this.#progress.show(share === undefined ? 'filmWaits' : 'filmIsMade', share),
      },
    )
  }

  async #face(signal: AbortSignal): Promise<Blob> {
    const [photo] = this.#photo.files ?? []
    if (this.#choice('film-face') === 'photo' && photo !== undefined) return photo
    const answer = await fetch(this.#chosenFace(), { signal })
    if (!answer.ok) throw new Error(this.#language.text('fileUnreadable'))
    return answer.blob()
  }

  async #sound(emotion: FilmEmotion, signal: AbortSignal): Promise<Blob> {
    const [recording] = this.#recording.files ?? []
    if (this.#choice('film-sound') === 'recording' && recording !== undefined) {
      return this.#readable(soundFile(recording))
    }
    this.#progress.show('filmIsSpoken')
    return this.#service.speak(this.#words.value, emotion, signal)
  }

  /** What a browser says of a file that it cannot read helps nobody. */
  #readable<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw new Error(this.#language.text('fileUnreadable'), { cause: error })
    })
  }

  #show(url: string): void {
    this.#video.src = url
    this.#download.href = url
    this.#result.hidden = false
    this.#video.focus()
  }

  /** Shows the field of each choice that is made, and asks for it alone. */
  #showFields(): void {
    const fields = [
      ['film-face', 'photo', this.#photo],
      ['film-sound', 'words', this.#words],
      ['film-sound', 'recording', this.#recording],
    ] as const
    for (const [choice, value, field] of fields) {
      const isChosen = this.#choice(choice) === value
      field.hidden = !isChosen
      field.required = isChosen
    }
  }

  #choice(name: string): string {
    const choice = this.#form.elements.namedItem(name)
    return choice instanceof RadioNodeList ? choice.value : ''
  }

  #showEmotions(): void {
    const chosen = this.#emotion.value
    const options = FILM_EMOTIONS.map((name) => new Option(this.#language.text(EMOTION_TEXTS[name]), name))
    this.#emotion.replaceChildren(...options)
    this.#emotion.value = chosen === '' ? 'neutral' : chosen
  }

  #say(problem: string | undefined): void {
    this.#problem.textContent = problem ?? ''
    this.#problem.hidden = problem === undefined
  }
}
