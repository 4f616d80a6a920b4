import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { AvatarCard } from './avatar-card.js'
import type { AvatarInfo } from './avatar-info.js'
import { avatarName } from './avatar-name.js'
import type { AvatarService } from './avatar-service.js'
import { AvatarUpload } from './avatar-upload.js'
import { confirmRemoval } from './removal-dialog.js'

/** The faces to choose from: the drawn one, those that are stored, and a way to bring one. */
export class Gallery {
  readonly #service: AvatarService
  readonly #language: Language
  readonly #onChoose: (id: string | null) => void
  readonly #cards = element('faces', HTMLDivElement)
  readonly #problem = element('face-problem', HTMLParagraphElement)
  #shown: readonly AvatarCard[] = []
  #avatars: readonly AvatarInfo[] = []
  #chosen: string | null = null

  /** @param onChoose told of a face that was chosen here; null is the drawn one */
  constructor(service: AvatarService, language: Language, onChoose: (id: string | null) => void) {
    this.#service = service
    this.#language = language
    this.#onChoose = onChoose
    new AvatarUpload(language, {
      create: async (file, following) => {
        this.#say(undefined)
        const taken = new Set(this.#avatars.map(({ id }) => id ?? ''))
        const { avatar, warnings } = await service.create(avatarName(file.name, taken), file, following)
        await this.load()
        this.#choose(avatar.id)
        this.#cardOf(avatar.id)?.focus()
        return warnings
      },
      failed: (message) => this.#say(`${language.text('faceFailed')}: ${message}`),
    })
    language.follow(() => this.#draw())
  }

  /** The face that is chosen; null is the drawn one. */
  get chosen(): string | null {
    return this.#chosen
  }

  /** Asks the server which faces there are, and shows them. */
  async load(): Promise<void> {
    try {
      this.#avatars = await this.#service.list()
    } catch (error) {
      this.#say(`${this.#language.text('facesFailed')}: ${(error as Error).message}`)
    }
    this.#draw()
  }

  /** Shows which face the session has. */
  show(id: string | null): void {
    this.#chosen = id
    for (const card of this.#shown) card.chosen = card.info.id === id
    // One that was made elsewhere since the gallery was loaded.
    if (this.#avatars.length > 0 && this.#cardOf(id) === undefined) void this.load()
  }

  #choose(id: string | null): void {
    this.show(id)
    this.#onChoose(id)
  }

  async #remove(id: string): Promise<void> {
    this.#say(undefined)
    if (!(await confirmRemoval(this.#language, id))) return
    // Before it is gone, so that the session is never without one.
    if (this.#chosen === id) this.#choose(null)
    try {
      await this.#service.remove(id)
    } catch (error) {
      this.#say((error as Error).message)
    }
    await this.load()
    this.#cardOf(this.#chosen)?.focus()
  }

  #draw(): void {
    this.#shown = this.#avatars.map(
      (info) =>
        new AvatarCard(info, this.#service.picture(info), this.#language, {
          choose: () => this.#choose(info.id),
          remove: () => {
            if (info.id !== null) void this.#remove(info.id)
          },
        }),
    )
    for (const card of this.#shown) card.chosen = card.info.id === this.#chosen
    this.#cards.replaceChildren(...this.#shown.map((card) => card.element))
  }

  #cardOf(id: string | null): AvatarCard | undefined {
    return this.#shown.find(({ info }) => info.id === id)
  }

  #say(problem: string | undefined): void {
    this.#problem.textContent = problem ?? ''
    this.#problem.hidden = problem === undefined
  }
}
