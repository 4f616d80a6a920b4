import type {
  ConverseClient,
  ConverseListeners,
  EventOf,
  SessionStart,
  SettingChange,
  Settings,
  WireMotion,
  WirePacket,
} from 'phiz/client'
import { converseAddress } from './connection/address.js'
import { Connection, type ConnectionState } from './connection/connection.js'
import type { ProblemLine } from './controls/problem-line.js'
import { Dialogue } from './dialogue/dialogue.js'
import type { DialogueView } from './dialogue/dialogue-view.js'
import { Followers } from './followers.js'
import type { Language } from './i18n/language.js'
import { Player } from './player/player.js'
import { Stage } from './stage/stage.js'
import { Felt } from './stats/felt.js'

/** What becomes of words: they are answered, or read aloud. */
export type Mode = 'ask' | 'say'

/** What shows a conversation. */
export interface ConversationViews {
  /** What was said by both. */
  readonly dialogue: DialogueView
  /** What went wrong. */
  readonly problems: ProblemLine
  /** How the conversation stands. */
  changed(state: ConnectionState, speaking: boolean): void
}

/** The conversation: what comes from the server goes to the player, and from there to the eyes and ears. */
export class Conversation {
  readonly #views: ConversationViews
  readonly #language: Language
  readonly #connection: Connection
  readonly #player: Player
  readonly #stage: Stage
  readonly #dialogue: Dialogue
  readonly #felt: Felt
  readonly #sessions = new Followers<[SessionStart]>()
  readonly #settings = new Followers<[Settings]>()
  readonly #motions = new Followers<[WireMotion]>()
  readonly #times = new Followers<[turn: number, now: number]>()
  readonly #turns = new Followers<[turn: number | undefined]>()
  /** What is to be heard of every session. */
  readonly #wishes: ((client: ConverseClient) => void)[] = []
  #state: ConnectionState = 'connecting'
  /** Words are on their way, and their turn has not begun. */
  #asked = false
  #sampleRate: number | undefined
  #current: Settings | undefined

  constructor(language: Language, views: ConversationViews) {
    this.#language = language
    this.#views = views
    this.#felt = new Felt(language)
    this.#dialogue = new Dialogue(views.dialogue)
    this.#stage = new Stage((reason) => views.problems.show(this.#because('pictureFailed', reason)))
    this.#player = this.#makePlayer()
    const settings: SettingChange = { streams: ['audio', 'motion', 'frames'], idle: isSeen() }
    this.#connection = new Connection(converseAddress(location.href), settings, {
      connected: (client) => this.#converse(client),
      resumed: ({ session }) => this.#began(session),
      disconnected: () => {
        this.#dialogue.refused()
        this.#stop()
      },
      state: (state) => {
        this.#state = state
        this.#show()
      },
    })
    // Nobody looks at a hidden page: its face need not be drawn.
    document.addEventListener('visibilitychange', () => this.set({ idle: isSeen() }))
  }

  /** The settings as the server has them; undefined before the first session. */
  get settings(): Settings | undefined {
    return this.#current
  }

  open(): void {
    this.#connection.open()
  }

  /** Lets sound out; to be called when a key is pressed or the screen touched. */
  wake(): void {
    if (this.#sampleRate !== undefined) this.#player.prepare(this.#sampleRate)
  }

  /** Sends words: to be answered, or to be read aloud. */
  send(text: string, mode: Mode): void {
    const client = this.#connection.client
    if (client === undefined) return
    this.wake()
    this.#views.problems.clear()
    // What is being said stops with the key, not with the server's answer to it.
    this.#cut()
    this.#expect()
    if (mode === 'ask') {
      this.#dialogue.asked(text)
      client.ask(text)
    } else {
      this.#dialogue.given(text)
      client.say(text)
    }
  }

  interrupt(): void {
    if (this.#player.turn !== undefined) this.#felt.interrupted()
    this.#connection.client?.interrupt()
    this.#stop()
  }

  set(change: SettingChange): void {
    this.#connection.set(change)
  }

  record(action: 'start' | 'stop'): void {
    this.#connection.client?.record(action)
  }

  /** Sends what the microphone hears. */
  sendAudio(samples: Float32Array, sampleRate: number): void {
    this.#connection.client?.sendAudio(samples, sampleRate)
  }

  /** Listens to the server, in this session and in those that come after it. To be called before {@link open}. */
  on<Name extends keyof ConverseListeners>(name: Name, listener: ConverseListeners[Name]): void {
    this.#wishes.push((client) => client.on(name, listener))
  }

  /** Calls back now, when they are known, and whenever they change. @returns stops */
  followSettings(listener: (settings: Settings) => void): () => void {
    if (this.#current !== undefined) listener(this.#current)
    return this.#settings.add(listener)
  }

  /** Calls back with every session, also one that goes on after its connection broke. @returns stops */
  readonly followSession = this.#sessions.add

  /** Calls back with motion as it comes: of a turn ahead of its time, of turn 0 (between turns) for now. @returns stops */
  readonly followMotion = this.#motions.add

  /** Calls back before each repaint while a turn is played, with its time at the ear in µs. @returns stops */
  readonly followTime = this.#times.add

  /** Calls back when a turn begins to be played, and with undefined when none is played any more. @returns stops */
  readonly followTurn = this.#turns.add

  #converse(client: ConverseClient): void {
    const { audio, motion } = client.session
    this.#sampleRate = audio.sampleRate
    this.#stage.open(motion.names)
    client.on('turn-start', ({ turn, source }) => this.#begin(turn, source))
    client.on('text-delta', ({ turn, text }) => this.#dialogue.write(turn, text))
    client.on('caption', (caption) => {
      if (caption.turn === this.#player.turn) this.#stage.caption(caption)
    })
    client.on('packet', (packet) => this.#take(packet))
    client.on('turn-end', (event) => this.#end(event))
    client.on('turn-cancel', ({ turn, heard }) => {
      if (turn === this.#player.turn) this.#stop()
      this.#dialogue.cut(turn, heard)
    })
    // The server silences itself; what it has sent already is silenced here.
    client.on('voice-start', () => this.#stop())
    client.on('transcript', ({ text }) => {
      this.#expect()
      this.#dialogue.asked(text)
    })
    client.on('setting-change', ({ settings }) => this.#set(settings))
    client.on('error', ({ message, field }) => {
      this.#views.problems.show(message)
      // Only words that cannot be said are awaited no longer.
      if (field !== 'text') return
      this.#dialogue.refused()
      this.#asked = false
      this.#show()
    })
    client.on('problem', ({ message }) => this.#views.problems.show(message))
    for (const wish of this.#wishes) wish(client)
    this.#began(client.session)
  }

  #began(session: SessionStart): void {
    this.#sessions.tell(session)
    this.#set(session.settings)
  }

  #set(settings: Settings): void {
    this.#current = settings
    this.#stage.avatar = settings.avatar
    this.#player.pictures = settings.streams.includes('frames')
    this.#settings.tell(settings)
  }

  #take(packet: WirePacket): void {
    switch (packet.kind) {
      case 'audio':
        this.#player.audio(packet)
        return
      case 'frame':
        if (packet.turn !== 0) this.#player.frame(packet)
        else if (this.#player.turn === undefined) this.#stage.live(packet)
        return
      case 'motion':
        this.#stage.motion(packet)
        this.#motions.tell(packet)
        return
      case 'speech':
        // Goes up only.
        return
    }
  }

  /** An answer is awaited, from now on. */
  #expect(): void {
    this.#felt.asked()
    this.#asked = true
    this.#show()
  }

  #begin(turn: number, source: EventOf<'turn-start'>['source']): void {
    this.#cut()
    this.#stage.begin()
    this.#dialogue.begin(turn, source)
    this.#player.begin(turn)
    this.#asked = false
    this.#turns.tell(turn)
    this.#show()
  }

  #end({ turn, error, stats }: EventOf<'turn-end'>): void {
    if (stats !== null) this.#felt.factors(stats.realtime_factor)
    if (error !== undefined) this.#views.problems.show(error.message)
    this.#player.end(turn)
  }

  /** Ends what is heard, and brings the face to rest. */
  #stop(): void {
    this.#cut()
    this.#asked = false
    this.#show()
  }

  #cut(): void {
    const { turn } = this.#player
    if (turn === undefined || !this.#player.cut()) return
    this.#stage.cut()
    this.#dialogue.cut(turn)
    this.#felt.over()
    this.#turns.tell(undefined)
  }

  #show(): void {
    this.#views.changed(this.#state, this.#asked || this.#player.turn !== undefined)
  }

  #because(what: 'soundFailed' | 'pictureFailed', reason: unknown): string {
    return `${this.#language.text(what)}: ${reason instanceof Error ? reason.message : String(reason)}`
  }

  #makePlayer(): Player {
    return new Player({
      firstAudio: () => this.#felt.first('firstAudio'),
      picture: (picture, timestamp, isFirst) => {
        if (isFirst) this.#felt.first('firstFrame')
        this.#stage.picture(picture, timestamp)
      },
      skew: (late) => this.#felt.drawn(late),
      time: (turn, now) => {
        this.#dialogue.hear(turn, this.#stage.words(now))
        this.#times.tell(turn, now)
      },
      playhead: (turn, heard) => this.#connection.client?.playhead(turn, heard),
      finished: (turn) => {
        this.#stage.finish()
        this.#dialogue.finish(turn)
        this.#felt.over()
        this.#turns.tell(undefined)
        this.#show()
      },
      silence: () => this.#felt.silence(),
      failed: (what, reason) => {
        const { problems } = this.#views
        if (what === 'sound') problems.keep(this.#because('soundFailed', reason))
        else problems.show(this.#because('pictureFailed', reason))
      },
    })
  }
}

function isSeen(): boolean {
  return document.visibilityState === 'visible'
}
