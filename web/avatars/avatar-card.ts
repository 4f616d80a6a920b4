import type { Language } from '../i18n/language.js'
import type { AvatarInfo } from './avatar-info.js'

export interface AvatarCardListener {
  choose(): void
  remove(): void
}

/** A face in the gallery: a radio button with its picture, and for stored ones a button that removes it. */
export class AvatarCard {
  readonly info: AvatarInfo
  readonly element = document.createElement('div')
  readonly #input = document.createElement('input')
  readonly #remove: HTMLButtonElement | undefined

  constructor(
    info: AvatarInfo,
    picture: string | undefined,
    language: Language,
    listener: AvatarCardListener,
  ) {
    this.info = info
    this.element.className = 'face'
    this.element.dataset['kind'] = info.kind
    const label = document.createElement('label')
    const name = document.createElement('span')
    this.#input.type = 'radio'
    this.#input.name = 'avatar'
    this.#input.disabled = info.kind === 'damaged'
    this.#input.addEventListener('change', () => listener.choose())
    name.textContent = nameOf(info, language)
    name.title = name.textContent
    label.append(this.#input, pictureOf(picture), name)
    this.element.append(label)
    if (info.kind === 'damaged') name.dataset['note'] = language.text('damagedFace')
    if (info.id !== null) {
      this.#remove = removeButton(`${language.text('removeFace')} ${info.id}`, () => listener.remove())
      this.element.append(this.#remove)
    }
  }

  set chosen(chosen: boolean) {
    this.#input.checked = chosen
  }

  focus(): void {
    this.#input.focus()
  }
}

/** What people call a face. */
export function nameOf({ id }: AvatarInfo, language: Language): string {
  return id ?? language.text('drawnFace')
}

/** Its name is written below it: of the picture itself there is nothing to be read out. */
function pictureOf(address: string | undefined): HTMLElement {
  const frame = document.createElement('b')
  if (address === undefined) return frame
  const image = new Image()
  image.alt = ''
  image.decoding = 'async'
  image.draggable = false
  // An engine that draws nothing at rest has no picture; the frame stays.
  image.addEventListener('error', () => image.remove())
  image.src = address
  frame.append(image)
  return frame
}

function removeButton(label: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'quiet'
  button.ariaLabel = label
  button.title = label
  button.textContent = '×'
  button.addEventListener('click', onClick)
  return button
}
