import { connectConverse, ConverseError, type ConverseClient, type SettingChange } from 'phiz/client'

export type ConnectionState = 'connecting' | 'ready' | 'lost' | 'overload' | 'refused'

/** Milliseconds until the next try: twice as long each time, up to a limit. */
const FIRST_RETRY = 500
const LONGEST_RETRY = 8_000

/** Refusals that will not change by trying again. */
const FINAL = new Set(['invalid-input', 'protocol', 'unsupported'])

export interface ConnectionListener {
  /** A session has begun: listen to it. */
  connected(client: ConverseClient): void
  /** The session is over; another is being tried for. */
  disconnected(): void
  state(state: ConnectionState): void
}

/** Keeps one session open: connects, and connects again when it breaks, with the settings as they were. */
export class Connection {
  readonly #url: string
  readonly #listener: ConnectionListener
  #client: ConverseClient | undefined
  /** What the page can show, and what has been chosen since. */
  #settings: SettingChange = { streams: ['audio', 'motion', 'frames'] }
  #retry = FIRST_RETRY

  constructor(url: string, listener: ConnectionListener) {
    this.#url = url
    this.#listener = listener
  }

  /** The session; undefined while there is none. */
  get client(): ConverseClient | undefined {
    return this.#client
  }

  /** Connects; returns at once. */
  open(): void {
    this.#listener.state('connecting')
    connectConverse({ url: this.#url }).then(
      (client) => this.#keep(client),
      (error: unknown) => this.#failed(error),
    )
  }

  /** Changes settings of this session and of those that come after it. */
  set(change: SettingChange): void {
    const voice = { ...this.#settings.voice, ...change.voice }
    this.#settings = { ...this.#settings, ...change, ...(change.voice && { voice }) }
    this.#client?.set(change)
  }

  #keep(client: ConverseClient): void {
    this.#client = client
    this.#retry = FIRST_RETRY
    client.on('close', () => {
      this.#client = undefined
      this.#listener.disconnected()
      this.#again('lost')
    })
    client.set(this.#settings)
    this.#listener.connected(client)
    this.#listener.state('ready')
  }

  #failed(error: unknown): void {
    const code = error instanceof ConverseError ? error.code : 'protocol'
    if (FINAL.has(code)) this.#listener.state('refused')
    else this.#again(code === 'overload' ? 'overload' : 'lost')
  }

  #again(state: ConnectionState): void {
    this.#listener.state(state)
    setTimeout(() => this.open(), this.#retry)
    this.#retry = Math.min(LONGEST_RETRY, this.#retry * 2)
  }
}
