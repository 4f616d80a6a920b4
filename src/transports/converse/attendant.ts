import {
  decodePacket,
  ProtocolError,
  type ClientMessage,
  type ServerEvent,
  type SettingChange,
  type WireAudio,
  type WirePacket,
} from '../../client/protocol.js'
import { InputError, PhizError, UnavailableError } from '../../errors.js'
import type { Catalogue } from '../../stages/catalogue.js'
import type { Reply } from '../../stages/reply/reply.js'
import { checkText } from '../../stages/text/limit.js'
import { errorBody } from '../errors.js'
import type { SocketMessage } from '../socket.js'
import type { CurrentSettings } from './current-settings.js'
import type { Listening } from './listening.js'
import type { SessionRecorder } from './recording.js'
import { parseRequest, type Refusal } from './requests.js'
import { effectsOf } from './settings.js'
import type { Talk } from './talk.js'
import { Upload } from './upload.js'

export interface AttendantOptions {
  readonly talk: Talk
  readonly settings: CurrentSettings
  /** What may change while a turn speaks. */
  readonly live: Catalogue['live']
  /** Who answers `ask`. */
  readonly reply: Reply | undefined
  /** Who hears the microphone. */
  readonly listening: Listening | undefined
  readonly recorder: SessionRecorder
  /** Most characters of one text. */
  readonly maxCharacters: number
  readonly send: (event: ServerEvent) => Promise<void>
  /** The settings have changed. */
  readonly onSet: () => void
  readonly onUnexpectedError: (error: unknown) => void
}

/** Sound that is taken for lips to move to, in Hz: what speech needs, and what microphones give. */
const LOWEST_SAMPLE_RATE = 16_000
const HIGHEST_SAMPLE_RATE = 48_000

/** What an error is about where the message as a whole was in order. */
const FIELD_OF: Readonly<Record<ClientMessage['type'], string>> = {
  say: 'text',
  ask: 'text',
  interrupt: 'type',
  playhead: 'turn',
  set: 'avatar',
  record: 'action',
}

/** Does what one client asks for, message by message, and says so where it cannot be done. */
export class Attendant {
  readonly #options: AttendantOptions
  #upload: Upload | undefined

  constructor(options: AttendantOptions) {
    this.#options = options
  }

  async answer(message: SocketMessage): Promise<void> {
    if (message.kind === 'bytes') {
      await this.#hear(message.bytes)
      return
    }
    const request = parseRequest(message.text)
    if ('refusal' in request) {
      this.#refuse(request.refusal)
      return
    }
    try {
      await this.#do(request.message)
    } catch (error) {
      this.#refuse({ ...this.#refusalOf(error), field: FIELD_OF[request.message.type] })
    }
  }

  /**
   * Answers a question, wherever it comes from.
   * @throws InputError for a text that is too long, UnavailableError where nobody answers
   */
  async ask(text: string): Promise<void> {
    const { reply, talk, maxCharacters } = this.#options
    checkText(text, maxCharacters)
    if (reply === undefined) {
      throw new UnavailableError('Nobody answers here: no reply is configured. Use "say".')
    }
    await talk.ask(text, reply)
  }

  async #do(message: ClientMessage): Promise<void> {
    const { talk, listening, recorder, maxCharacters } = this.#options
    switch (message.type) {
      case 'say':
        checkText(message.text, maxCharacters)
        listening?.forget()
        await talk.say(message.text)
        return
      case 'ask':
        listening?.forget()
        await this.ask(message.text)
        return
      case 'interrupt':
        listening?.forget()
        talk.interrupt()
        return
      case 'playhead':
        if (message.turn > talk.count) throw unknownTurn(message.turn, talk.count)
        talk.played(message.turn, message.timestamp)
        return
      case 'set':
        await this.#set(changeOf(message))
        return
      case 'record':
        if (message.action === 'start') await recorder.start()
        else recorder.stop()
        return
    }
  }

  async #set(change: SettingChange): Promise<void> {
    const { settings, talk, live, send, onSet } = this.#options
    const before = settings.all
    await settings.change(change)
    void send({
      type: 'setting-change',
      settings: settings.all,
      effect: effectsOf(before, change, { running: talk.running, live }),
    })
    onSet()
  }

  async #hear(bytes: Uint8Array): Promise<void> {
    try {
      await this.#take(decodePacket(bytes))
    } catch (error) {
      if (error instanceof ProtocolError) this.#refuse({ code: 'protocol', message: error.message })
      else this.#refuse(this.#refusalOf(error))
    }
  }

  async #take(packet: WirePacket): Promise<void> {
    const { listening } = this.#options
    switch (packet.kind) {
      case 'speech':
        await this.#takeSpeech(packet)
        return
      case 'audio':
        if (listening !== undefined) listening.hear(packet)
        else
          this.#refuse({ code: 'unavailable', message: 'Nobody listens here: this server has no hearing.' })
        return
      case 'frame':
      case 'motion':
        this.#refuse({
          code: 'invalid-input',
          message: `A packet's kind is ${packet.kind}; clients send 1 (audio) or 4 (speech).`,
          field: 'kind',
        })
        return
    }
  }

  async #takeSpeech({ turn, sampleRate, samples }: WireAudio): Promise<void> {
    const last = this.#upload
    // Pieces that were on their way when their turn was cut short.
    if (last !== undefined && turn < last.number) return
    let upload = last
    if (upload?.number !== turn) {
      if (samples.length === 0) return
      if (sampleRate < LOWEST_SAMPLE_RATE || sampleRate > HIGHEST_SAMPLE_RATE) {
        const message = `sampleRate is ${sampleRate}; it must be from ${LOWEST_SAMPLE_RATE} to ${HIGHEST_SAMPLE_RATE}.`
        this.#refuse({ code: 'invalid-input', message, field: 'sampleRate' })
        return
      }
      upload = new Upload(turn, sampleRate)
      this.#upload = upload
      this.#options.listening?.forget()
      await this.#options.talk.lipSync(upload)
    }
    if (samples.length === 0) upload.end()
    else upload.push(samples)
  }

  #refusalOf(error: unknown): Refusal {
    if (!PhizError.isInstance(error)) this.#options.onUnexpectedError(error)
    const { code, message } = errorBody(error)
    return { code, message }
  }

  #refuse(refusal: Refusal): void {
    void this.#options.send({ type: 'error', ...refusal })
  }
}

function changeOf({ type: _type, ...change }: Extract<ClientMessage, { type: 'set' }>): SettingChange {
  return change
}

function unknownTurn(turn: number, count: number): InputError {
  return new InputError(`turn is ${turn}; this session has had ${count}.`)
}
