import {
  decodeEvent,
  decodePacket,
  encodeMessage,
  encodePacket,
  ProtocolError,
  PROTOCOL_VERSION,
  type EventOf,
  type EventType,
  type ServerEvent,
  type SessionStart,
  type SettingChange,
  type WireAudio,
  type WirePacket,
} from './protocol.js'

/** What the client needs of a WebSocket: the browser's own, or that of the package `ws`. */
export interface SocketLike {
  binaryType: string
  readonly bufferedAmount: number
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void
}

export interface ConverseOptions {
  /** `ws://host:8080/v1/converse`, with `?api_key=…` where the server asks for one. */
  readonly url: string
  /** The class to connect with. Default: the one of the browser, or of Node from 22 on. */
  readonly WebSocket?: new (url: string) => SocketLike
  /** Gives up connecting; once connected it has no effect. */
  readonly signal?: AbortSignal
}

/** Why a conversation did not begin: an error's code such as `overload`, or `closed`. */
export class ConverseError extends Error {
  override readonly name = 'ConverseError'
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** What a client can be told, by name. */
export type ConverseListeners = { readonly [Type in EventType]: (event: EventOf<Type>) => void } & {
  /** Media of the turn that is live. */
  readonly packet: (packet: WirePacket) => void
  /** Something came that is not of the protocol; the connection goes on. */
  readonly problem: (error: ProtocolError) => void
  /** The connection is over. */
  readonly close: (code: number, reason: string) => void
}

type Listener = (...values: unknown[]) => void

/**
 * Connects, and resolves when the session has started.
 * @throws ConverseError with the server's code when it refuses, `closed` when it cannot be reached; ProtocolError when
 * it speaks another version; what the signal aborts with
 */
export async function connectConverse(options: ConverseOptions): Promise<ConverseClient> {
  const Socket =
    options.WebSocket ?? (globalThis as { WebSocket?: new (url: string) => SocketLike }).WebSocket
  if (Socket === undefined) {
    throw new ConverseError('unavailable', 'WebSocket is undefined: pass the class of the package "ws".')
  }
  const { signal } = options
  signal?.throwIfAborted()
  const socket = new Socket(options.url)
  return new Promise((resolve, reject) => {
    const giveUp = (error: unknown): void => {
      signal?.removeEventListener('abort', onAbort)
      reject(error instanceof Error ? error : new ConverseError('closed', String(error)))
      socket.close()
    }
    const onAbort = (): void => {
      giveUp(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    const client: ConverseClient = new ConverseClient(socket, (first) => {
      if (first.type === 'error') {
        giveUp(new ConverseError(first.code, first.message))
      } else if (first.version !== PROTOCOL_VERSION) {
        giveUp(new ProtocolError(`version is ${first.version}; this client speaks ${PROTOCOL_VERSION}.`))
      } else {
        signal?.removeEventListener('abort', onAbort)
        resolve(client)
      }
    })
    client.on('close', (code, reason) => {
      giveUp(new ConverseError('closed', `The connection was closed with ${code}. ${reason}`.trim()))
    })
    client.on('problem', giveUp)
  })
}

/**
 * One conversation. Packets of turns that are over are dropped here, and from {@link interrupt} on those of the live
 * turn, so that nothing old is heard while the server's answer is on its way.
 */
export class ConverseClient {
  readonly #socket: SocketLike
  readonly #listeners = new Map<string, Set<Listener>>()
  #start: SessionStart | undefined
  /** The turn whose packets are let through. */
  #live: number | undefined
  #microphone = { turn: 0, samples: 0 }
  #speech = { turn: 1, samples: 0 }

  /**
   * @param onFirst takes the first event, which starts the session or says why there is none
   * @internal Use {@link connectConverse}.
   */
  constructor(socket: SocketLike, onFirst: (event: SessionStart | EventOf<'error'>) => void) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      this.#receive(data, onFirst)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      this.#live = undefined
      this.#tell('close', code, reason)
    })
    // A close follows, which says as much as there is to know.
    socket.addEventListener('error', () => undefined)
  }

  /** What the server said at the start: engines, rates, names of the weights, limits. */
  get session(): SessionStart {
    if (this.#start === undefined) throw new ConverseError('closed', 'The session has not started.')
    return this.#start
  }

  /** Number of the turn that is live, if one is: whose packets come, or may still come. */
  get live(): number | undefined {
    return this.#live
  }

  /** Bytes that have not left yet: whoever streams sound waits while there are many. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
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
    this.#socket.send(encodeMessage({ type: 'say', text }))
  }

  /** Answer this. The turn that speaks ends. */
  ask(text: string): void {
    this.#socket.send(encodeMessage({ type: 'ask', text }))
  }

  /** Be silent. No packet of the live turn comes after this call. */
  interrupt(): void {
    this.#live = undefined
    this.#socket.send(encodeMessage({ type: 'interrupt' }))
  }

  /**
   * Tells how far a turn has really been played, so that the server makes no more than it must and knows what was
   * heard. About ten times a second; once begun, go on with it.
   * @param timestamp µs of the turn's media
   */
  playhead(turn: number, timestamp: number): void {
    this.#socket.send(
      encodeMessage({ type: 'playhead', turn, timestamp: Math.max(0, Math.round(timestamp)) }),
    )
  }

  /** Changes settings; `setting-change` tells from when each acts. */
  set(change: SettingChange): void {
    this.#socket.send(encodeMessage({ type: 'set', ...change }))
  }

  record(action: 'start' | 'stop'): void {
    this.#socket.send(encodeMessage({ type: 'record', action }))
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

  close(): void {
    this.#live = undefined
    this.#socket.close(1000)
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
    this.#socket.send(encodePacket(packet))
  }

  #receive(data: unknown, onFirst: (event: SessionStart | EventOf<'error'>) => void): void {
    try {
      if (typeof data === 'string') this.#receiveEvent(decodeEvent(data), onFirst)
      else if (data instanceof ArrayBuffer) this.#receivePacket(decodePacket(new Uint8Array(data)))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#tell('problem', error)
    }
  }

  #receiveEvent(
    event: ServerEvent | undefined,
    onFirst: (event: SessionStart | EventOf<'error'>) => void,
  ): void {
    if (event === undefined) return
    if (event.type === 'turn-start') this.#live = event.turn
    if ((event.type === 'turn-cancel' || event.type === 'turn-end') && event.turn === this.#live) {
      this.#live = undefined
    }
    if (this.#start === undefined) {
      if (event.type === 'session-start') this.#start = event
      if (event.type === 'session-start' || event.type === 'error') onFirst(event)
    }
    this.#tell(event.type, event)
  }

  #receivePacket(packet: WirePacket): void {
    if (packet.turn === this.#live) this.#tell('packet', packet)
  }

  #tell(name: keyof ConverseListeners, ...values: readonly unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...values)
  }
}
