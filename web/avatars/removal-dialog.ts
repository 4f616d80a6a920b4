import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'

/** Asks whether a face is really to be removed. */
export function confirmRemoval(language: Language, name: string): Promise<boolean> {
  const dialog = element('removal', HTMLDialogElement)
  const question = element('removal-question', HTMLParagraphElement)
  const remove = element('removal-confirm', HTMLButtonElement)
  const keep = element('removal-keep', HTMLButtonElement)
  question.textContent = language.text('removalQuestion').replace('%', () => name)
  return new Promise((resolve) => {
    const listening = new AbortController()
    const options = { signal: listening.signal }
    const answered = (isRemoved: boolean): void => {
      listening.abort()
      dialog.close()
      resolve(isRemoved)
    }
    remove.addEventListener('click', () => answered(true), options)
    keep.addEventListener('click', () => answered(false), options)
    dialog.addEventListener('cancel', () => answered(false), options)
    // Escape means this dialog, and not what the face is saying.
    dialog.addEventListener('keydown', (event) => event.stopPropagation(), options)
    dialog.showModal()
    keep.focus()
  })
}
