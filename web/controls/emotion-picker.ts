import type { Settings } from 'phiz/client'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { RadioGroup } from './radio-group.js'

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

type EmotionName = (typeof EMOTIONS)[number]

/** One emotion of several. */
export class EmotionPicker {
  readonly #group: RadioGroup<string>

  constructor(language: Language, onChoose: (emotion: string | null) => void) {
    const choices = EMOTIONS.map((emotion) => [emotion, nameOf(emotion, language)] as const)
    this.#group = new RadioGroup<string>(element('emotions', HTMLDivElement), 'emotion', choices, (emotion) =>
      onChoose(emotion === 'neutral' ? null : emotion),
    )
  }

  /** Shows what holds. */
  show({ emotion }: Settings): void {
    // Strengths have no name among these.
    this.#group.choose(typeof emotion === 'string' ? emotion : emotion === null ? 'neutral' : '')
  }
}

function nameOf(emotion: EmotionName, language: Language): HTMLElement {
  const name = document.createElement('span')
  language.follow(() => (name.textContent = language.text(emotion)))
  return name
}
