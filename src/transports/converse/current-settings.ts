import type { SettingChange, Settings } from '../../client/protocol.js'
import type { VoiceStyle } from '../../pipeline/packet.js'
import type { AvatarServices } from '../../stages/avatar/job.js'
import type { AvatarPlace } from '../../stages/video/portrait/subject.js'
import { changed, voiceOf } from './settings.js'
import type { LineChoice } from './stages.js'

/** A session's settings as they are now, with the avatar that they name. */
export class CurrentSettings {
  readonly #avatars: Pick<AvatarServices, 'store'>
  #settings: Settings
  #avatar: AvatarPlace | undefined

  constructor(settings: Settings, avatars: Pick<AvatarServices, 'store'>) {
    this.#settings = settings
    this.#avatars = avatars
  }

  get all(): Settings {
    return this.#settings
  }

  /** What a line is made for. */
  get choice(): LineChoice {
    return { settings: this.#settings, avatar: this.#avatar }
  }

  /** How the next clause is said. */
  get voice(): VoiceStyle {
    return voiceOf(this.#settings)
  }

  /**
   * Makes the change, as a whole or not at all.
   * @throws PhizError when there is no such avatar
   */
  async change(change: SettingChange): Promise<void> {
    const avatar = change.avatar === undefined ? this.#avatar : await this.#placeOf(change.avatar)
    this.#settings = changed(this.#settings, change)
    this.#avatar = avatar
  }

  async #placeOf(id: string | null): Promise<AvatarPlace | undefined> {
    if (id === null) return undefined
    const { store } = this.#avatars
    return { folder: store.folderOf(id), manifest: await store.get(id) }
  }
}
