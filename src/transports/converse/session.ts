/** A session's parts and its life are put together in one place, in a little over 300 lines. */
import { timingSafeEqual } from 'node:crypto'
import {
  BETWEEN_TURNS,
  encodePacket,
  type ServerEvent,
  type SessionStart,
  type SettingChange,
  type StreamName,
} from '../../client/protocol.js'
import { InputError } from '../../errors.js'
import type { Hearing } from '../../stages/hearing/hearing.js'
import type { Transcriber } from '../../stages/hearing/transcribe.js'
import type { HistoryOptions } from '../../stages/reply/history.js'
import { Life } from '../../stages/life.js'
import type { Reply } from '../../stages/reply/reply.js'
import { errorBody } from '../errors.js'
import type { RecordingStore } from '../recordings/store.js'
import type { Socket } from '../socket.js'
import type { TapServices } from '../taps/tap.js'
import { Attendant } from './attendant.js'
import { CurrentSettings } from './current-settings.js'
import { greetingOf, type Greeting } from './greeting.js'
import { IdleFace } from './idle.js'
import { Link } from './link.js'
import { Listening } from './listening.js'
import { Playback } from './playback.js'
import { SessionRecorder } from './recording.js'
import type { Refusal } from './requests.js'
import { Rest } from './rest.js'
import { DEFAULT_SETTINGS } from './settings.js'
import { Talk } from './talk.js'
import { Watchers, type Watcher } from './watcher.js'
import { wireForm } from './wire-sink.js'

export interface SessionOptions {
  /** JPEG quality where the client says nothing. */
  readonly quality: number
  /** Most characters of one text. */
  readonly maxCharacters: number
  readonly maxMessageBytes: number
  readonly reply: Reply | undefined
  readonly history: HistoryOptions
  readonly hearing: Hearing | undefined
  readonly transcriber: Transcriber | undefined
  /** Where films are kept; without, none are recorded. */
  readonly recordings: RecordingStore | undefined
  /** How long a session waits for its client, in seconds. */
  readonly resumeSeconds: number
  /** Packets that are kept for a client who comes back, in bytes; the default is the link's. */
  readonly replayBytes: number | undefined
}

/** How a connection ends that another one replaces. */
const TAKEN_OVER = 4409
/** Goodbyes: a client that says one, closes without a word, or breaks the rules of WebSockets is not waited for. */
const GOODBYES: ReadonlySet<number | undefined> = new Set([1000, 1001, 1002, 1005])

/**
 * One conversation, which outlives its connections: it waits for a client that was cut off, for as long as the options
 * say. Its turn goes on meanwhile as far as its flow window lets it.
 */
export class Session {
  /** Resolves when all of its work has ended. Never rejects. */
  readonly ended: Promise<void>
  readonly #greeting: Greeting
  readonly #options: SessionOptions
  readonly #settings: CurrentSettings
  readonly #link: Link
  readonly #talk: Talk
  readonly #attendant: Attendant
  readonly #listening: Listening | undefined
  readonly #recorder: SessionRecorder
  readonly #rest: Rest
  readonly #watchers = new Watchers()
  /** The end of the reading from the last connection: one is read from at a time. */
  #reading: Promise<void> = Promise.resolve()
  #connection: Socket | undefined
  #expiry: NodeJS.Timeout | undefined
  #expiresAt: Date | undefined
  #isOver = false
  #finish!: () => void

  private constructor(
    services: TapServices,
    options: SessionOptions,
    greeting: Greeting,
    settings: CurrentSettings,
  ) {
    this.#options = options
    this.#greeting = greeting
    this.#settings = settings
    this.#link = new Link(options.replayBytes)
    const { onUnexpectedError } = services
    const playback = new Playback()
    const life = new Life()
    const send = (event: ServerEvent): Promise<void> => this.#link.sendEvent(event)
    const onLookFailure = (error: unknown): void => {
      void send({ type: 'error', ...lookProblem(error) })
    }
    this.#talk = new Talk({
      id: `converse-${greeting.session}`,
      link: this.#link,
      services,
      history: options.history,
      playback,
      watchers: this.#watchers,
      choice: () => settings.choice,
      voice: () => settings.voice,
      life,
      onSentAll: () => {
        this.#rest.sentAll()
      },
      onLookFailure,
    })
    const wants = (stream: StreamName): boolean => {
      const { idle, streams } = settings.all
      return idle && streams.includes(stream) && this.isAttached
    }
    const idle = new IdleFace({
      catalogue: services.catalogue,
      life,
      choice: () => settings.choice,
      wants,
      send: async (packet) => {
        const make = (): Uint8Array | undefined =>
          this.#rest.isResting ? encodePacket(wireForm(packet, BETWEEN_TURNS)[0]) : undefined
        if (!(await this.#link.sendPassing(make))) return
        playback.sent(BETWEEN_TURNS, packet)
        this.#watchers.packet(BETWEEN_TURNS, packet)
      },
      onFailure: onLookFailure,
      onUnexpectedError,
    })
    this.#rest = new Rest(life, idle)
    playback.watch(this.#rest)
    const { hearing, transcriber, reply, maxCharacters } = options
    this.#listening =
      hearing &&
      new Listening({
        hearing,
        transcriber,
        playback,
        send: (event) => void send(event),
        interrupt: () => {
          this.#talk.interrupt()
        },
        ask: (text) => this.#attendant.ask(text),
        onUnexpectedError,
      })
    this.#recorder = new SessionRecorder({
      store: options.recordings,
      playback,
      send: (event) => void send(event),
      settings: () => settings.all,
      sampleRate: greeting.audio.sampleRate,
      onUnexpectedError,
    })
    this.#attendant = new Attendant({
      talk: this.#talk,
      settings,
      live: services.catalogue.live,
      reply,
      listening: this.#listening,
      recorder: this.#recorder,
      maxCharacters,
      send,
      onSet: () => {
        this.#rest.refresh()
      },
      onUnexpectedError,
    })
    this.ended = new Promise<void>((resolve) => {
      this.#finish = resolve
    }).then(() => this.#release())
    this.#waitForClient()
  }

  /**
   * A session that waits for its client.
   * @param change settings that it begins with, others than usual
   * @throws PhizError when an engine or the avatar is missing
   */
  static async open(
    services: TapServices,
    options: SessionOptions,
    change: SettingChange = {},
  ): Promise<Session> {
    const { catalogue, avatars } = services
    const [speech, video] = await Promise.all([catalogue.speech(), catalogue.video()])
    const { fps, width } = video
    const greeting = greetingOf(catalogue, options, { sampleRate: speech.sampleRate, video })
    const usual = { ...DEFAULT_SETTINGS, quality: options.quality, fps, size: width }
    const settings = new CurrentSettings(usual, avatars)
    await settings.change(change)
    return new Session(services, options, greeting, settings)
  }

  get id(): string {
    return this.#greeting.session
  }

  get token(): string {
    return this.#greeting.token
  }

  /** Whether its client is connected. */
  get isAttached(): boolean {
    return this.#link.socket !== undefined
  }

  /** When it ends unless its client comes; undefined while the client is there. */
  get expiresAt(): Date | undefined {
    return this.#expiresAt
  }

  /** Those who look on. */
  get watchers(): number {
    return this.#watchers.count
  }

  /** What its client is told at the beginning of a connection. */
  start(resumed: boolean): SessionStart {
    return { ...this.#greeting, resumed, turn: this.#talk.turn ?? null, settings: this.#settings.all }
  }

  /** Whether this is the token of its owner. */
  isOwnedBy(token: string): boolean {
    const [given, own] = [Buffer.from(token), Buffer.from(this.token)]
    return given.length === own.length && timingSafeEqual(given, own)
  }

  /** Looks on. @returns looks away */
  watch(watcher: Watcher): () => void {
    return this.#watchers.add(watcher)
  }

  /**
   * Serves its client over this connection until that ends. One that was there before is closed with 4409.
   * @param received messages that the client has received over earlier ones; undefined in a new session
   * @throws InputError when that is more than there were
   */
  async serve(socket: Socket, received?: number): Promise<void> {
    if (received !== undefined && received > this.#link.sent) {
      throw new InputError(`received is ${received}; this session has sent ${this.#link.sent} messages.`)
    }
    clearTimeout(this.#expiry)
    this.#expiresAt = undefined
    this.#connection?.close(TAKEN_OVER, 'Another connection goes on with this session.')
    this.#connection = socket
    this.#attach(socket, received)
    this.#reading = this.#reading.then(() => this.#read(socket))
    await this.#reading
    if (this.#connection !== socket) return
    this.#connection = undefined
    if (GOODBYES.has(socket.leftWith)) await this.end()
    else this.#waitForClient()
  }

  /** Ends it for good. Resolves when all of its work has ended. */
  async end(reason = 'The session is over.'): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true
      clearTimeout(this.#expiry)
      this.#finish()
      await this.ended
      this.#connection?.close(1000, reason)
    }
    await this.ended
  }

  #attach(socket: Socket, received: number | undefined): void {
    const isLost = this.#link.attach(socket, this.start(received !== undefined), received ?? 0)
    const onGone = (): void => {
      if (this.#link.socket === socket) this.#link.detach()
    }
    if (socket.signal.aborted) onGone()
    else socket.signal.addEventListener('abort', onGone, { once: true })
    // Of a turn that the client has not got as a whole, nothing more is of use.
    if (isLost) this.#talk.interrupt()
    this.#rest.refresh()
  }

  async #read(socket: Socket): Promise<void> {
    for await (const message of socket.messages()) {
      if (this.#isOver) return
      await this.#attendant.answer(message)
      // Who asks must listen: the next message is read when the answers so far have been taken.
      await this.#link.told
    }
  }

  /** Ends if nobody comes in time. */
  #waitForClient(): void {
    if (this.#isOver) return
    const milliseconds = this.#options.resumeSeconds * 1000
    this.#expiresAt = new Date(Date.now() + milliseconds)
    this.#expiry = setTimeout(() => void this.end(), milliseconds)
    this.#expiry.unref()
  }

  async #release(): Promise<void> {
    this.#talk.interrupt()
    // What is heard starts turns, so that the ears close first.
    await this.#listening?.close()
    await this.#recorder.close()
    await this.#talk[Symbol.asyncDispose]()
    await this.#rest.close()
    this.#watchers.end()
  }
}

/** What is told of a look that cannot be drawn. */
function lookProblem(error: unknown): Refusal {
  const { code, message } = errorBody(error)
  return { code, message, field: 'avatar' }
}
