import { randomUUID } from 'node:crypto'
import {
  decodePacket,
  ProtocolError,
  PROTOCOL_VERSION,
  type ClientMessage,
  type SessionStart,
  type SettingChange,
  type Settings,
  type WireAudio,
  type WirePacket,
} from '../../client/protocol.js'
import { InputError, PhizError } from '../../errors.js'
import { BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import { DEFAULT_WINDOW_SPAN } from '../../pipeline/turn.js'
import { MOTION_FPS } from '../../stages/catalogue.js'
import type { HistoryOptions } from '../../stages/reply/history.js'
import type { Reply } from '../../stages/reply/reply.js'
import { checkText } from '../../stages/text/limit.js'
import type { AvatarPlace } from '../../stages/video/portrait/subject.js'
import { errorBody } from '../errors.js'
import type { Socket, SocketMessage } from '../socket.js'
import type { TapServices } from '../taps/tap.js'
import { Outbox } from './outbox.js'
import { parseRequest, type Refusal } from './requests.js'
import { changed, DEFAULT_SETTINGS, effectsOf, voiceOf } from './settings.js'
import { madeStreams } from './stages.js'
import { Talk } from './talk.js'
import { Upload } from './upload.js'

export interface SessionOptions {
  /** JPEG quality where the client says nothing. */
  readonly quality: number
  /** Most characters of one text. */
  readonly maxCharacters: number
  readonly maxMessageBytes: number
  readonly reply: Reply | undefined
  readonly history: HistoryOptions
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

/** Serves one conversation until its client leaves and all of its work has ended. */
export async function serveSession(
  socket: Socket,
  services: TapServices,
  options: SessionOptions,
): Promise<void> {
  const outbox = new Outbox(socket)
  const id = randomUUID()
  let start: SessionStart
  try {
    start = await sessionStart(id, services, options)
  } catch (error) {
    // Without its engines there is no conversation; the one who runs the server needs the reason, too.
    services.onUnexpectedError(error)
    await outbox.send({ type: 'error', ...refusalOf(error) })
    socket.close(1013, 'The engines are not ready.')
    return
  }
  await outbox.send(start)
  await new Session(socket, outbox, services, options, start).serve(socket.messages())
}

async function sessionStart(
  session: string,
  { catalogue }: TapServices,
  { quality, maxCharacters, maxMessageBytes }: SessionOptions,
): Promise<SessionStart> {
  const [speech, video] = await Promise.all([catalogue.speech(), catalogue.video()])
  const { fps, width, height } = video
  return {
    type: 'session-start',
    version: PROTOCOL_VERSION,
    session,
    engines: catalogue.engines,
    audio: { sampleRate: speech.sampleRate },
    motion: { fps: MOTION_FPS, names: BLENDSHAPE_NAMES },
    video: { fps, width, height },
    settings: { ...DEFAULT_SETTINGS, quality, fps, size: width },
    limits: { text: maxCharacters, messageBytes: maxMessageBytes, ahead: DEFAULT_WINDOW_SPAN },
  }
}

/** What one client asks for, message by message. */
class Session {
  readonly #outbox: Outbox
  readonly #services: TapServices
  readonly #options: SessionOptions
  readonly #talk: Talk
  #settings: Settings
  #avatar: AvatarPlace | undefined
  #upload: Upload | undefined

  constructor(
    socket: Socket,
    outbox: Outbox,
    services: TapServices,
    options: SessionOptions,
    { session, settings }: SessionStart,
  ) {
    this.#outbox = outbox
    this.#services = services
    this.#options = options
    this.#settings = settings
    this.#talk = new Talk({
      id: `converse-${session}`,
      socket,
      outbox,
      services,
      history: options.history,
      choice: () => ({ settings: this.#settings, avatar: this.#avatar }),
      voice: () => voiceOf(this.#settings),
    })
  }

  async serve(messages: AsyncIterable<SocketMessage>): Promise<void> {
    try {
      for await (const message of messages) {
        await this.#answer(message)
        // Who asks must listen: the next message is read when the answers so far have been taken.
        await this.#outbox.taken
      }
    } finally {
      await this.#talk[Symbol.asyncDispose]()
    }
  }

  async #answer(message: SocketMessage): Promise<void> {
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
      if (!PhizError.isInstance(error)) this.#services.onUnexpectedError(error)
      this.#refuse({ ...refusalOf(error), field: FIELD_OF[request.message.type] })
    }
  }

  async #do(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'say':
        checkText(message.text, this.#options.maxCharacters)
        await this.#talk.say(message.text)
        return
      case 'ask':
        checkText(message.text, this.#options.maxCharacters)
        await this.#ask(message.text)
        return
      case 'interrupt':
        this.#talk.interrupt()
        return
      case 'playhead':
        if (message.turn > this.#talk.count) throw unknownTurn(message.turn, this.#talk.count)
        this.#talk.played(message.turn, message.timestamp)
        return
      case 'set':
        await this.#set(changeOf(message))
        return
      case 'record':
        this.#refuse({ code: 'unavailable', message: 'This server does not record conversations.' })
        return
    }
  }

  async #ask(text: string): Promise<void> {
    const { reply } = this.#options
    if (reply !== undefined) await this.#talk.ask(text, reply)
    else
      this.#refuse({
        code: 'unavailable',
        message: 'Nobody answers here: no reply is configured. Use "say".',
      })
  }

  async #set(change: SettingChange): Promise<void> {
    const before = this.#settings
    if (change.size !== undefined && change.size !== before.size) {
      const message = `size is ${change.size}; this server draws frames of ${before.size} pixels.`
      this.#refuse({ code: 'unavailable', message, field: 'size' })
      return
    }
    if (change.avatar !== undefined) this.#avatar = await this.#avatarOf(change.avatar)
    const { live } = this.#talk
    this.#settings = changed(before, change)
    void this.#outbox.send({
      type: 'setting-change',
      settings: this.#settings,
      effect: effectsOf(before, change, live && madeStreams(live.settings)),
    })
  }

  async #avatarOf(id: string | null): Promise<AvatarPlace | undefined> {
    if (id === null) return undefined
    const { store } = this.#services.avatars
    return { folder: store.folderOf(id), manifest: await store.get(id) }
  }

  async #hear(bytes: Uint8Array): Promise<void> {
    let packet: WirePacket
    try {
      packet = decodePacket(bytes)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#refuse({ code: 'protocol', message: error.message })
      return
    }
    switch (packet.kind) {
      case 'speech':
        await this.#takeSpeech(packet)
        return
      case 'audio':
        this.#refuse({ code: 'unavailable', message: 'Nobody listens here: this server has no hearing yet.' })
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
      await this.#talk.lipSync(upload)
    }
    if (samples.length === 0) upload.end()
    else upload.push(samples)
  }

  #refuse(refusal: Refusal): void {
    void this.#outbox.send({ type: 'error', ...refusal })
  }
}

function changeOf({ type: _type, ...change }: Extract<ClientMessage, { type: 'set' }>): SettingChange {
  return change
}

function unknownTurn(turn: number, count: number): InputError {
  return new InputError(`turn is ${turn}; this session has had ${count}.`)
}

function refusalOf(error: unknown): Refusal {
  const { code, message } = errorBody(error)
  return { code, message }
}
