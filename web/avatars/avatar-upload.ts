import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import type { TextName } from '../i18n/texts.js'
import { ProgressView } from '../controls/progress-view.js'
import type { CreationStep } from './avatar-info.js'
import type { CreationListener } from './avatar-service.js'
import { acceptDrops } from './file-drop.js'

export interface AvatarUploadListener {
  /**
   * Makes an avatar of a file.
   * @returns what is odd about the file
   */
  create(file: File, following: CreationListener): Promise<readonly string[]>
  failed(message: string): void
}

const PHASES: Readonly<Record<CreationStep['phase'], TextName>> = {
  reading: 'readingPhoto',
  finding: 'findingFace',
  frames: 'followingFace',
  storing: 'storingFace',
  latents: 'preparingMouth',
}

/** Brings a photo or a video, chosen or dropped, and shows how far its making is. One at a time. */
export class AvatarUpload {
  readonly #add = element('add-face', HTMLButtonElement)
  readonly #file = element('face-file', HTMLInputElement)
  readonly #note = element('face-note', HTMLParagraphElement)
  readonly #progress: ProgressView
  readonly #listener: AvatarUploadListener
  #isBusy = false

  constructor(language: Language, listener: AvatarUploadListener) {
    this.#listener = listener
    this.#progress = new ProgressView(element('face-progress', HTMLDivElement), language)
    this.#add.addEventListener('click', () => this.#file.click())
    this.#file.addEventListener('change', () => {
      const [file] = this.#file.files ?? []
      // The same file may be chosen again.
      this.#file.value = ''
      if (file !== undefined) void this.#make(file)
    })
    acceptDrops(
      [element('gallery', HTMLElement), element('figure', HTMLElement)],
      (file) => void this.#make(file),
    )
  }

  async #make(file: File): Promise<void> {
    if (this.#isBusy) return
    this.#busy(true)
    this.#tell([])
    try {
      const warnings = await this.#progress.during('uploading', (signal) =>
        this.#listener.create(file, {
          signal,
          onSent: (share) => this.#progress.show('uploading', share),
          onStep: ({ phase, done, total }) =>
            // Only the frames of a video are counted.
            this.#progress.show(PHASES[phase], total > 1 ? done / total : undefined),
        }),
      )
      this.#tell(warnings ?? [])
    } catch (error) {
      this.#listener.failed((error as Error).message)
    } finally {
      this.#busy(false)
    }
  }

  #busy(isBusy: boolean): void {
    this.#isBusy = isBusy
    this.#add.disabled = isBusy
    if (!isBusy && document.activeElement === document.body) this.#add.focus()
  }

  #tell(warnings: readonly string[]): void {
    this.#note.textContent = warnings.join(' ')
    this.#note.hidden = warnings.length === 0
  }
}
