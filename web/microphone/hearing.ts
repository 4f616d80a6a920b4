import type { TextName } from '../i18n/texts.js'
import { Microphone, MicrophoneError, type MicrophoneTrouble } from './microphone.js'
import { OwnVoice } from './own-voice.js'
import { canRecognise, Recognition } from './recognition.js'

/** `hearing`: somebody speaks. */
export type HearingState = 'off' | 'opening' | 'listening' | 'hearing'

export interface HearingListener {
  state(state: HearingState): void
  /** What the microphone hears, and whether the server wants it. */
  sound(samples: Float32Array, sampleRate: number, isWanted: boolean): void
  /** What was said, as this browser has written it down. */
  said(text: string): void
  /** What the visitor should know of the microphone; undefined when there is nothing. */
  note(note: TextName | undefined): void
}

/** What the server does with a microphone's sound. */
export interface ServerHearing {
  /** It notices when somebody speaks. */
  readonly listens: boolean
  /** It writes down what is said. */
  readonly writes: boolean
}

const TROUBLE_NOTES: Readonly<Record<MicrophoneTrouble, TextName>> = {
  insecure: 'microphoneInsecure',
  denied: 'microphoneDenied',
  missing: 'microphoneMissing',
  busy: 'microphoneBusy',
  unplugged: 'microphoneUnplugged',
}

/**
 * The page's ears: the microphone, whose sound the server listens to, and the browser's own recognition where the
 * server does not write down what is said.
 */
export class Hearing {
  readonly #listener: HearingListener
  readonly #ownVoice = new OwnVoice()
  #server: ServerHearing = { listens: false, writes: false }
  #state: HearingState = 'off'
  /** What the state is of: the latest opening, as long as it has not been closed. */
  #opening: object | undefined
  #microphone: Microphone | undefined
  #recognition: Recognition | undefined

  constructor(listener: HearingListener) {
    this.#listener = listener
  }

  /** What the server can; it is asked at each session's start. */
  set server(server: ServerHearing) {
    this.#server = server
  }

  /**
   * Turns the microphone on or off.
   * @param language of what will be said, as BCP 47
   */
  toggle(language: string): void {
    if (this.#state === 'off') void this.#open(language)
    else this.#close(undefined)
  }

  /** The face speaks, or has stopped. */
  face(speaking: boolean): void {
    this.#ownVoice.face(speaking, performance.now())
  }

  /** The server hears that somebody begins to speak. */
  voiceStart(bargeIn: boolean): void {
    if (bargeIn) this.#ownVoice.brokenInto()
    if (this.#state === 'listening') this.#change('hearing')
  }

  /** The server hears that they have stopped. */
  voiceEnd(): void {
    if (this.#state === 'hearing') this.#change('listening')
  }

  async #open(language: string): Promise<void> {
    const { listens, writes } = this.#server
    if (!listens && !canRecognise()) {
      this.#listener.note('microphoneUseless')
      return
    }
    const opening = {}
    const isCurrent = (): boolean => this.#opening === opening
    this.#opening = opening
    this.#listener.note(undefined)
    this.#change('opening')
    try {
      const microphone = await Microphone.open({
        sound: (samples, sampleRate) => {
          if (isCurrent()) this.#listener.sound(samples, sampleRate, this.#server.listens)
        },
        failed: ({ trouble }) => {
          if (isCurrent()) this.#close(TROUBLE_NOTES[trouble])
        },
      })
      // It may have been turned off, and on again, while the visitor was being asked.
      if (!isCurrent()) {
        await microphone.close()
        return
      }
      this.#microphone = microphone
      this.#change('listening')
      if (!writes) this.#recognise(language)
    } catch (error) {
      if (isCurrent()) {
        this.#close(error instanceof MicrophoneError ? TROUBLE_NOTES[error.trouble] : 'microphoneBusy')
      }
    }
  }

  #recognise(language: string): void {
    if (!canRecognise()) {
      this.#listener.note('nobodyWrites')
      return
    }
    this.#listener.note('browserWrites')
    this.#recognition = new Recognition(language, {
      began: () => this.#ownVoice.began(performance.now()),
      heard: (text) => {
        if (this.#ownVoice.accepts(performance.now())) this.#listener.said(text)
      },
      failed: () => {
        // The server still notices when somebody breaks in.
        if (this.#server.listens) this.#listener.note('nobodyWrites')
        else this.#close('microphoneUseless')
      },
    })
  }

  #close(note: TextName | undefined): void {
    this.#opening = undefined
    this.#recognition?.stop()
    this.#recognition = undefined
    const microphone = this.#microphone
    this.#microphone = undefined
    // A context that cannot be closed is gone already.
    microphone?.close().catch(() => undefined)
    this.#change('off')
    this.#listener.note(note)
  }

  #change(state: HearingState): void {
    this.#state = state
    this.#listener.state(state)
  }
}
