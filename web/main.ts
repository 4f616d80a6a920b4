import { Answerer } from './controls/answerer.js'
import { AvatarService } from './avatars/avatar-service.js'
import { Gallery } from './avatars/gallery.js'
import { appearanceButton } from './controls/appearance.js'
import { Composer } from './controls/composer.js'
import { EmotionPicker } from './controls/emotion-picker.js'
import { MicrophoneButton } from './controls/microphone-button.js'
import { PicturePanel } from './controls/picture-panel.js'
import { ProblemLine } from './controls/problem-line.js'
import { RecordButton } from './controls/record-button.js'
import { VoicePanel } from './controls/voice-panel.js'
import { Conversation } from './conversation.js'
import { DialogueView } from './dialogue/dialogue-view.js'
import { element } from './elements.js'
import { DepthSwitch } from './face3d/depth-switch.js'
import { FilmForm } from './film/film-form.js'
import { FilmService } from './film/film-service.js'
import { Language } from './i18n/language.js'
import type { TextName } from './i18n/texts.js'

const language = new Language()
language.apply()
appearanceButton()
element('language', HTMLButtonElement).addEventListener('click', () =>
  language.change(language.code === 'en' ? 'zh' : 'en'),
)

const status = element('connection', HTMLParagraphElement)
let shown: TextName = 'connecting'
language.follow(() => (status.textContent = language.text(shown)))

const dialogue = new DialogueView(
  language,
  element('dialogue-rows', HTMLDivElement),
  element('dialogue-empty', HTMLParagraphElement),
)
const conversation = new Conversation(language, {
  dialogue,
  problems: new ProblemLine(),
  changed: (state, speaking) => {
    shown = state === 'ready' && speaking ? 'speaking' : state
    status.dataset['state'] = shown
    // A screen reader should hear the words, and not each time that words are being said.
    status.ariaLive = state === 'ready' ? 'off' : 'polite'
    status.textContent = language.text(shown)
    composer.show({ connected: state === 'ready' || state === 'resuming', speaking })
  },
})
const composer = new Composer(language, {
  send: (text, mode) => conversation.send(text, mode),
  interrupt: () => conversation.interrupt(),
})
const answerer = new Answerer(language)
conversation.followSession((session) => (composer.answers = answerer.show(session)))
new MicrophoneButton(language, conversation)
new RecordButton(language, conversation)
new DepthSwitch(language, conversation)

const emotions = new EmotionPicker(language, (emotion) => conversation.set({ emotion }))
const voice = new VoicePanel(language, (change) => conversation.set({ voice: change }))
const picture = new PicturePanel((change) => conversation.set(change))
const avatars = new AvatarService(location.href)
const gallery = new Gallery(avatars, language, (avatar) => conversation.set({ avatar }))
conversation.followSettings((settings) => {
  emotions.show(settings)
  voice.show(settings)
  picture.show(settings)
  gallery.show(settings.avatar)
})
void gallery.load()
const film = new FilmForm(new FilmService(location.href), language, () => avatars.fullPicture(gallery.chosen))
void film.open()

// A browser lets sound out after the first key or touch; until the first word is sent, it is ready.
for (const gesture of ['keydown', 'pointerdown'] as const) {
  document.addEventListener(gesture, () => conversation.wake(), { passive: true })
}
conversation.open()
