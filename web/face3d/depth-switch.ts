import type { Settings } from 'phiz/client'
import { serverAddress } from '../connection/address.js'
import { problemOf } from '../connection/server-problem.js'
import type { Conversation } from '../conversation.js'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { remember, remembered } from '../preferences.js'
import { FaceMotion } from './face-motion.js'
import type { HeadView } from './head-view.js'

/** The address of the built-in face's rig names it so. */
const BUILT_IN = '_built-in'

/**
 * The switch between the pictures that the server draws and a head that this page draws itself, from the same weights.
 * What draws it, and the head, are loaded when it is switched on; the server then draws no pictures.
 */
export class DepthSwitch {
  readonly #button = element('depth', HTMLButtonElement)
  readonly #status = element('depth-status', HTMLParagraphElement)
  readonly #figure = element('figure', HTMLElement)
  readonly #language: Language
  readonly #conversation: Conversation
  readonly #motion = new FaceMotion()
  #names: readonly string[] = []
  #avatar: string | null | undefined
  #isOn = remembered('view') === '3d'
  #view: HeadView | undefined
  /** Ends the loading that is under way. */
  #loading: AbortController | undefined

  constructor(language: Language, conversation: Conversation) {
    this.#language = language
    this.#conversation = conversation
    this.#button.addEventListener('click', () => this.#choose(!this.#isOn))
    conversation.followMotion((packet) => this.#motion.take(packet, micros()))
    conversation.followTime((turn, now) => this.#motion.hear(turn, now))
    conversation.followTurn((turn) => this.#motion.play(turn, micros()))
    conversation.followSession(({ motion }) => (this.#names = motion.names))
    conversation.followSettings((settings) => this.#follow(settings))
    this.#show()
  }

  #follow({ avatar }: Settings): void {
    if (avatar === this.#avatar) return
    this.#avatar = avatar
    if (this.#isOn) void this.#open()
  }

  #choose(isOn: boolean): void {
    remember('view', isOn ? '3d' : '2d')
    this.#isOn = isOn
    this.#tell('')
    if (isOn) void this.#open()
    else this.#close()
    this.#show()
  }

  /** Loads the head of the avatar that is chosen, and shows it in place of the one before. */
  async #open(): Promise<void> {
    // Before the first session nobody knows whose head it is.
    if (this.#avatar === undefined) return
    this.#loading?.abort()
    const loading = new AbortController()
    this.#loading = loading
    this.#figure.setAttribute('aria-busy', 'true')
    // A canvas that has drawn in three dimensions is used up when it is given back.
    const canvas = element('head', HTMLCanvasElement).cloneNode() as HTMLCanvasElement
    try {
      const path = `v1/avatars/${encodeURIComponent(this.#avatar ?? BUILT_IN)}/rig`
      const [{ HeadView }, glb] = await Promise.all([
        import('./head-view.js'),
        download(serverAddress(location.href, path), loading.signal),
      ])
      loading.signal.throwIfAborted()
      const view = await HeadView.open(canvas, glb, this.#names, this.#motion)
      if (loading.signal.aborted) {
        view.close()
        return
      }
      this.#view?.close()
      this.#view = view
      element('head', HTMLCanvasElement).replaceWith(canvas)
      this.#figure.dataset['view'] = '3d'
      this.#ask(false)
    } catch (error) {
      if (loading.signal.aborted) return
      this.#isOn = false
      this.#close()
      this.#show()
      this.#tell(
        `${this.#language.text('depthFailed')}: ${error instanceof Error ? error.message : String(error)}`,
      )
    } finally {
      if (this.#loading === loading) {
        this.#loading = undefined
        this.#figure.removeAttribute('aria-busy')
      }
    }
  }

  #close(): void {
    this.#loading?.abort()
    this.#view?.close()
    this.#view = undefined
    delete this.#figure.dataset['view']
    // Pictures that came meanwhile have been kept from view.
    element('face', HTMLCanvasElement).hidden = !element('invitation', HTMLDivElement).hidden
    this.#ask(true)
  }

  #ask(pictures: boolean): void {
    this.#conversation.set({ streams: pictures ? ['audio', 'motion', 'frames'] : ['audio', 'motion'] })
  }

  #show(): void {
    this.#button.ariaPressed = String(this.#isOn)
  }

  #tell(message: string): void {
    this.#status.textContent = message
    this.#status.hidden = message === ''
  }
}

function micros(): number {
  return performance.now() * 1000
}

/** @throws ServerProblem where the server has no rig */
async function download(address: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(address, { signal })
  if (answer.ok) return answer.arrayBuffer()
  throw problemOf(await answer.text())
}
