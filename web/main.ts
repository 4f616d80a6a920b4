import { appearanceButton } from './controls/appearance.js'
import { Composer } from './controls/composer.js'
import { emotionPicker } from './controls/emotion-picker.js'
import { VoicePanel } from './controls/voice-panel.js'
import { Conversation } from './conversation.js'
import { element } from './elements.js'
import { Language } from './i18n/language.js'
import type { TextName } from './i18n/texts.js'

const language = new Language()
language.apply()
appearanceButton()
element('language', HTMLButtonElement).addEventListener('click', () =>
  language.change(language.code === 'en' ? 'zh' : 'en'),
)

const status = element('connection', HTMLParagraphElement)
const problem = element('problem', HTMLParagraphElement)
let shown: TextName = 'connecting'
language.follow(() => (status.textContent = language.text(shown)))

const conversation = new Conversation(language, {
  changed: (state, speaking) => {
    shown = state === 'ready' && speaking ? 'speaking' : state
    status.dataset['state'] = shown
    // A screen reader should hear the words, and not each time that words are being said.
    status.ariaLive = state === 'ready' ? 'off' : 'polite'
    status.textContent = language.text(shown)
    composer.show({ connected: state === 'ready', speaking })
  },
  problem: (message) => {
    problem.textContent = message ?? ''
    problem.hidden = message === undefined
  },
})
const composer = new Composer(language, {
  speak: (text) => conversation.say(text),
  interrupt: () => conversation.interrupt(),
})
emotionPicker(language, (emotion) => conversation.set({ emotion }))
new VoicePanel(language, (voice) => conversation.set({ voice }))

// A browser lets sound out after the first key or touch; until the first word is sent, it is ready.
for (const gesture of ['keydown', 'pointerdown'] as const) {
  document.addEventListener(gesture, () => conversation.wake(), { passive: true })
}
conversation.open()
