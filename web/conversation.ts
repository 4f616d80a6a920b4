import type { ConverseClient, EventOf, SettingChange } from 'phiz/client'
import { CaptionTrack } from './captions/caption-track.js'
import { CaptionView } from './captions/caption-view.js'
import { converseAddress } from './connection/address.js'
import { Connection, type ConnectionState } from './connection/connection.js'
import { element } from './elements.js'
import type { Language } from './i18n/language.js'
import { Player } from './player/player.js'
import { FaceCanvas } from './stage/face-canvas.js'
import { MouthTrack } from './stage/mouth.js'
import { StatsPanel } from './stats/stats-panel.js'
import { TurnTimer } from './stats/turn-timer.js'

/** Milliseconds between two values of the chart of the skew. */
const SKEW_EVERY = 250

/** What the page shows of a conversation. */
export interface ConversationListener {
  changed(state: ConnectionState, speaking: boolean): void
  /** Something went wrong that the visitor should know of; undefined when it is over. */
  problem(message: string | undefined): void
}

/** The conversation: what comes from the server goes to the player, and from there to the eyes and ears. */
export class Conversation {
  readonly #listener: ConversationListener
  readonly #connection: Connection
  readonly #player: Player
  readonly #face = new FaceCanvas(element('face', HTMLCanvasElement))
  readonly #captions = new CaptionTrack()
  readonly #captionView = new CaptionView(
    element('caption', HTMLParagraphElement),
    element('announcer', HTMLParagraphElement),
  )
  #mouth = new MouthTrack([])
  readonly #timer = new TurnTimer()
  readonly #stats: StatsPanel
  readonly #language: Language
  #state: ConnectionState = 'connecting'
  /** Words are on their way, and their turn has not begun. */
  #asked = false
  #sampleRate: number | undefined
  #skewAt = 0

  constructor(language: Language, listener: ConversationListener) {
    this.#language = language
    this.#listener = listener
    this.#stats = new StatsPanel(language)
    this.#player = this.#makePlayer()
    this.#connection = new Connection(converseAddress(location.href), {
      connected: (client) => this.#converse(client),
      disconnected: () => this.#stop(),
      state: (state) => {
        this.#state = state
        this.#show()
      },
    })
  }

  open(): void {
    this.#connection.open()
  }

  /** Lets sound out; to be called when a key is pressed or the screen touched. */
  wake(): void {
    if (this.#sampleRate !== undefined) this.#player.prepare(this.#sampleRate)
  }

  say(text: string): void {
    const client = this.#connection.client
    if (client === undefined) return
    this.#listener.problem(undefined)
    this.wake()
    // What is being said stops with the key, not with the server's answer to it.
    this.#cut()
    this.#timer.asked(performance.now())
    client.say(text)
    this.#asked = true
    this.#show()
  }

  interrupt(): void {
    this.#timer.interrupted(performance.now())
    this.#connection.client?.interrupt()
    this.#stop()
  }

  set(change: SettingChange): void {
    this.#connection.set(change)
  }

  #converse(client: ConverseClient): void {
    const { audio, motion } = client.session
    this.#sampleRate = audio.sampleRate
    this.#mouth = new MouthTrack(motion.names)
    client.on('turn-start', ({ turn }) => this.#begin(turn))
    client.on('caption', (caption) => {
      if (caption.turn === this.#player.turn) this.#captions.add(caption)
    })
    client.on('packet', (packet) => {
      if (packet.kind === 'audio') this.#player.audio(packet)
      else if (packet.kind === 'frame') this.#player.frame(packet)
      else if (packet.kind === 'motion') this.#mouth.add(packet.timestamp, packet.weights)
    })
    client.on('turn-end', (event) => this.#end(event))
    client.on('turn-cancel', ({ turn }) => {
      if (turn === this.#player.turn) this.#stop()
    })
    client.on('error', ({ message }) => {
      this.#listener.problem(message)
      this.#asked = false
      this.#show()
    })
    client.on('problem', ({ message }) => this.#listener.problem(message))
  }

  #begin(turn: number): void {
    this.#cut()
    this.#captionView.clear()
    this.#mouth.clear()
    this.#player.begin(turn)
    this.#asked = false
    this.#show()
  }

  #end({ turn, error, stats }: EventOf<'turn-end'>): void {
    if (stats !== null) this.#stats.factors(stats.realtime_factor)
    if (error !== undefined) this.#listener.problem(error.message)
    this.#player.end(turn)
  }

  /** Ends what is heard, and brings the face to rest. */
  #stop(): void {
    this.#cut()
    this.#asked = false
    this.#show()
  }

  #cut(): void {
    if (!this.#player.cut()) return
    this.#captions.clear()
    this.#captionView.cut()
    this.#face.rest()
    this.#timer.over()
  }

  #show(): void {
    this.#listener.changed(this.#state, this.#asked || this.#player.turn !== undefined)
  }

  #makePlayer(): Player {
    return new Player({
      firstAudio: () => this.#felt('firstAudio'),
      picture: (picture, timestamp, isFirst) => {
        if (isFirst) this.#showFace()
        this.#face.draw(picture, this.#mouth.at(timestamp))
      },
      skew: (late) => this.#showSkew(late / 1000),
      time: (now) => this.#captionView.show(this.#captions.at(now)),
      playhead: (turn, heard) => this.#connection.client?.playhead(turn, heard),
      finished: () => {
        this.#captions.clear()
        this.#timer.over()
        this.#show()
      },
      silence: () => {
        const milliseconds = this.#timer.takeInterruption(performance.now())
        if (milliseconds !== undefined) this.#stats.add('silence', milliseconds)
      },
      failed: (what, reason) => {
        const why = reason instanceof Error ? reason.message : String(reason)
        this.#listener.problem(
          `${this.#language.text(what === 'sound' ? 'soundFailed' : 'pictureFailed')}: ${why}`,
        )
      },
    })
  }

  #showFace(): void {
    this.#felt('firstFrame')
    element('invitation', HTMLDivElement).hidden = true
    element('face', HTMLCanvasElement).hidden = false
  }

  #felt(name: 'firstAudio' | 'firstFrame'): void {
    const milliseconds = this.#timer.sinceAsked(performance.now())
    if (milliseconds !== undefined) this.#stats.add(name, milliseconds)
  }

  #showSkew(milliseconds: number): void {
    const now = performance.now()
    if (now - this.#skewAt < SKEW_EVERY) return
    this.#skewAt = now
    this.#stats.add('skew', milliseconds)
  }
}
