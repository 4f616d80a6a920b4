/**
 * One conversation from the client's side: what it says, what it is told and how it comes back stand together, in a
 * few more than 300 lines, because they share the state of the connection.
 */
import { connect, type Receiver } from './connect.js'
import { ConverseError } from './errors.js'
import { Outbox } from './outbox.js'
import {
  BETWEEN_TURNS,
  decodeEvent,
  decodePacket,
  encodeMessage,
  encodePacket,
  ProtocolError,
  type ClientMessage,
  type EventOf,
  type EventType,
  type ServerEvent,
  type SessionStart,
  type SettingChange,
  type WireAudio,
  type WirePacket,
} from './protocol.js'
import { isCounted, isFinal, pauseAfter, resumptionUrl, type Resumption } from './resumption.js'
import type { SocketClass, SocketLike } from './socket-like.js'

export interface ConverseOptions {
  /** `ws://host:8080/v1/converse`, with `?api_key=…` where the server asks for one. */
  readonly url: string
  /** The class to connect with. Default: the one of the browser, or of Node from 22 on. */
  readonly WebSocket?: SocketClass
  /** Gives up connecting; once connected it has no effect. */
  readonly signal?: AbortSignal
  /**
   * Whether the client comes back by itself when its connection breaks. A {@link Resumption} does so, too, and begins by
   * going on with a session that was there before. Default: true.
   */
  readonly resume?: boolean | Resumption
}

/** What a client can be told, by name. */
export type ConverseListeners = { readonly [Type in EventType]: (event: EventOf<Type>) => void } & {
  /** Media of the turn that is live, and between turns of turn 0. */
  readonly packet: (packet: WirePacket) => void
  /** Something came that is not of the protocol; the connection goes on. */
  readonly problem: (error: ProtocolError) => void
  /** The connection broke; the client is trying to come back. */
  readonly lost: (code: number, reason: string) => void
  /** It is back in the same session. What it missed follows, each message once and in order. */
  readonly resume: (session: SessionStart) => void
  /** The session is over. */
  readonly close: (code: number, reason: string) => void
}

type Listener = (...values: unknown[]) => void

/** How long one try to come back may take, in milliseconds. */
const TRY_MS = 5_000
/** Refusals that stay the same however often one asks. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set(['not-found', 'invalid-input'])

/**
 * Connects, and resolves when the session has started. Listeners that are added as soon as it has resolved miss nothing.
 * @throws ConverseError with the server's code when it refuses, `closed` when it cannot be reached; ProtocolError when
 * it speaks another version; what the signal aborts with
 */
export async function connectConverse(options: ConverseOptions): Promise<ConverseClient> {
  const Socket = options.WebSocket ?? (globalThis as { WebSocket?: SocketClass }).WebSocket
  if (Socket === undefined) {
    throw new ConverseError('unavailable', 'WebSocket is undefined: pass the class of the package "ws".')
  }
  const { url, signal, resume = true } = options
  const from = typeof resume === 'object' ? resume : undefined
  const client = new ConverseClient({ Socket, url, from, comesBack: resume !== false })
  await client.open(signal)
  return client
}

interface ClientOptions {
  readonly Socket: SocketClass
  readonly url: string
  /** The session to go on with. */
  readonly from: Resumption | undefined
  readonly comesBack: boolean
}

/** Microphone sound is of the moment: where so many bytes wait to leave, more of it is left out. */
const MOST_UNSENT_BYTES = 1_000_000

/**
 * One conversation, over as many connections as it takes. Packets of turns that are over are dropped here, and from
 * {@link interrupt} on those of the live turn, so that nothing old is heard while the server's answer is on its way.
 *
 * While the connection is broken, what is asked waits, of the playhead the last one, and of speech its end; sound is
 * dropped.
 */
export class ConverseClient {
  readonly #options: ClientOptions
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #outbox = new Outbox()
  #state: 'open' | 'lost' | 'over' = 'lost'
  #socket: SocketLike | undefined
  #start: SessionStart | undefined
  #received: number
  /** The turn whose packets are let through. */
  #live: number | undefined
  /** What has come before anybody could listen, for then. */
  #held: (() => void)[] | undefined = []
  /** Ends the try to come back that is under way, and the pause after it. */
  #giveUp: (() => void) | undefined
  #microphone = { turn: 0, samples: 0 }
  #speech: { turn: number; samples: number }

  /** @internal Use {@link connectConverse}. */
  constructor(options: ClientOptions) {
    this.#options = options
    this.#received = options.from?.received ?? 0
    this.#live = options.from?.turn
    this.#speech = { turn: options.from?.utterance ?? 1, samples: 0 }
  }

  /** @internal */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const { Socket, url, from } = this.#options
    await connect(Socket, from === undefined ? url : resumptionUrl(url, from), this.#receiver, signal)
    // A task later all who waited for this have had their turn.
    setTimeout(() => {
      const held = this.#held ?? []
      this.#held = undefined
      for (const act of held) act()
    }, 0)
  }

  /** What the server said at the start: engines, rates, names of the weights, limits. */
  get session(): SessionStart {
    if (this.#start === undefined) throw new ConverseError('closed', 'The session has not started.')
    return this.#start
  }

  /** Whether there is a connection at this moment. */
  get connected(): boolean {
    return this.#state === 'open'
  }

  /**
   * What it takes to go on with this session elsewhere, such as in a program that is begun again. A browser says goodbye
   * for a page that it loads again, which ends the session.
   */
  get resumption(): Resumption {
    const { session, token } = this.session
    const { turn, samples } = this.#speech
    const utterance = samples > 0 ? turn + 1 : turn
    return {
      session,
      token,
      received: this.#received,
      ...(this.#live !== undefined && { turn: this.#live }),
      ...(utterance > 1 && { utterance }),
    }
  }

  /** Number of the turn that is live, if one is: whose packets come, or may still come. */
  get live(): number | undefined {
    return this.#live
  }

  /** Bytes that have not left yet: whoever streams sound waits while there are many. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  /**
   * Listens.
   * @returns stops listening
   */
  on<Name extends keyof ConverseListeners>(name: Name, listener: ConverseListeners[Name]): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    // The names and their listeners are matched by the type above.
    const one = listener as Listener
    listeners.add(one)
    return () => {
      listeners.delete(one)
    }
  }

  /** Speak these words. The turn that speaks ends. */
  say(text: string): void {
    this.#send({ type: 'say', text })
  }

  /** Answer this. The turn that speaks ends. */
  ask(text: string): void {
    this.#send({ type: 'ask', text })
  }

  /** Be silent. No packet of the live turn comes after this call. */
  interrupt(): void {
    this.#live = undefined
    this.#send({ type: 'interrupt' })
  }

  /**
   * Tells how far a turn has really been played, so that the server makes no more than it must and knows what was
   * heard. About ten times a second; once begun, go on with it.
   * @param timestamp µs of the turn's media
   */
  playhead(turn: number, timestamp: number): void {
    this.#send({ type: 'playhead', turn, timestamp: Math.max(0, Math.round(timestamp)) })
  }

  /** Changes settings; `setting-change` tells from when each acts. */
  set(change: SettingChange): void {
    this.#send({ type: 'set', ...change })
  }

  record(action: 'start' | 'stop'): void {
    this.#send({ type: 'record', action })
  }

  /** Sends what the microphone hears: mono, in [-1, 1]. */
  sendAudio(samples: Float32Array, sampleRate: number): void {
    this.#sendSound('audio', this.#microphone, samples, sampleRate)
  }

  /** Sends speech for the face to move its lips to. The first piece starts a turn. */
  sendSpeech(samples: Float32Array, sampleRate: number): void {
    if (samples.length > 0) this.#sendSound('speech', this.#speech, samples, sampleRate)
  }

  /** The speech is whole: its turn ends when it has been sent back. */
  endSpeech(sampleRate: number): void {
    this.#sendSound('speech', this.#speech, new Float32Array(0), sampleRate)
    this.#speech = { turn: this.#speech.turn + 1, samples: 0 }
  }

  /** Leaves for good. */
  close(): void {
    this.#live = undefined
    if (this.#state === 'open') this.#socket?.close(1000)
    else this.#end(1000, '')
  }

  readonly #receiver: Receiver = {
    started: (socket, session) => {
      this.#socket = socket
      this.#state = 'open'
      const isBack = this.#start !== undefined
      this.#start = session
      if (!isBack) return
      for (const message of this.#outbox.take()) socket.send(message)
      this.#tell('resume', session)
    },
    message: (_socket, data) => {
      if (isCounted(data)) this.#received += 1
      if (this.#held === undefined) this.#receive(data)
      else {
        this.#held.push(() => {
          this.#receive(data)
        })
      }
    },
    closed: (_socket, code, reason) => {
      this.#socket = undefined
      this.#state = 'lost'
      const isOver = isFinal(code) || !this.#options.comesBack
      const act = (): void => {
        if (isOver) this.#end(code, reason)
        else void this.#comeBack(code, reason)
      }
      if (this.#held === undefined) act()
      else this.#held.push(act)
    },
  }

  /** Tries for as long as the server keeps the session. */
  async #comeBack(code: number, reason: string): Promise<void> {
    if (this.#state === 'over') return
    const until = performance.now() + this.session.limits.resume / 1000
    this.#tell('lost', code, reason)
    for (let tries = 0; this.#state === 'lost'; tries += 1) {
      try {
        await this.#try()
        return
      } catch (error) {
        const isRefused = error instanceof ConverseError && FINAL_REFUSALS.has(error.code)
        if (isRefused || error instanceof ProtocolError || performance.now() >= until) break
      }
      await this.#pause(pauseAfter(tries))
    }
    this.#end(code, reason)
  }

  async #try(): Promise<void> {
    const { Socket, url } = this.#options
    const attempt = new AbortController()
    this.#giveUp = () => {
      attempt.abort(new ConverseError('closed', 'The server did not answer in time.'))
    }
    const timer = setTimeout(this.#giveUp, TRY_MS)
    try {
      await connect(Socket, resumptionUrl(url, this.resumption), this.#receiver, attempt.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#giveUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #sendSound(
    kind: WireAudio['kind'],
    counter: { readonly turn: number; samples: number },
    samples: Float32Array,
    sampleRate: number,
  ): void {
    const at = (index: number): number => Math.round((index * 1_000_000) / sampleRate)
    const timestamp = at(counter.samples)
    counter.samples += samples.length
    const duration = at(counter.samples) - timestamp
    const packet = { kind, turn: counter.turn, timestamp, duration, sampleRate, samples } as const
    const isLate = kind === 'audio' && this.bufferedBytes > MOST_UNSENT_BYTES
    if (this.#state === 'open' && !isLate) this.#socket?.send(encodePacket(packet))
    // A turn waits for the end of its speech.
    else if (this.#state === 'lost' && kind === 'speech' && samples.length === 0) {
      this.#outbox.add(encodePacket(packet))
    }
  }

  #receive(data: unknown): void {
    try {
      if (typeof data === 'string') this.#receiveEvent(decodeEvent(data))
      else if (data instanceof ArrayBuffer) this.#receivePacket(decodePacket(new Uint8Array(data)))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#tell('problem', error)
    }
  }

  #receiveEvent(event: ServerEvent | undefined): void {
    if (event === undefined) return
    if (event.type === 'turn-start') this.#live = event.turn
    // Of a turn before it, the end may have been lost.
    if (
      (event.type === 'turn-cancel' || event.type === 'turn-end') &&
      event.turn >= (this.#live ?? Infinity)
    ) {
      this.#live = undefined
    }
    this.#tell(event.type, event)
  }

  #receivePacket(packet: WirePacket): void {
    if (packet.turn === (this.#live ?? BETWEEN_TURNS)) this.#tell('packet', packet)
  }

  #send(message: ClientMessage): void {
    if (this.#state === 'open') this.#socket?.send(encodeMessage(message))
    else if (this.#state === 'lost') this.#outbox.add(message)
  }

  #end(code: number, reason: string): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#live = undefined
    this.#giveUp?.()
    this.#tell('close', code, reason)
  }

  #tell(name: keyof ConverseListeners, ...values: readonly unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...values)
  }
}
