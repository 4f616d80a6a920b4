import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'

/** The emotions of the server's speech, beginning with none. */
const EMOTIONS = [
  'neutral',
  'happy',
  'surprised',
  'calm',
  'sad',
  'melancholic',
  'afraid',
  'angry',
  'disgusted',
] as const

/** One emotion of several, as radio buttons: the arrow keys go from one to the next. */
export function emotionPicker(language: Language, onChoose: (emotion: string | null) => void): void {
  const choices = EMOTIONS.map((emotion) => {
    const label = document.createElement('label')
    const input = document.createElement('input')
    const name = document.createElement('span')
    input.type = 'radio'
    input.name = 'emotion'
    input.checked = emotion === 'neutral'
    input.addEventListener('change', () => onChoose(emotion === 'neutral' ? null : emotion))
    language.follow(() => (name.textContent = language.text(emotion)))
    label.append(input, name)
    return label
  })
  element('emotions', HTMLDivElement).replaceChildren(...choices)
}
