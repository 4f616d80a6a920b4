import { connectConverse, ConverseError, type ConverseClient, type SettingChange } from 'phiz/client'

/** `resuming`: broken, and being mended; `lost`: over, and another is being tried for. */
export type ConnectionState = 'connecting' | 'ready' | 'resuming' | 'lost' | 'overload' | 'refused'

/** Milliseconds until the next try: twice as long each time, up to a limit. */
const FIRST_RETRY = 500
const LONGEST_RETRY = 8_000

/** Refusals that will not change by trying again. */
const FINAL = new Set(['invalid-input', 'protocol', 'unsupported'])

export interface ConnectionListener {
  /** A session has begun: listen to it. */
  connected(client: ConverseClient): void
  /** The session goes on where it was, after its connection broke. */
  resumed(client: ConverseClient): void
  /** The session is over; another is being tried for. */
  disconnected(): void
  state(state: ConnectionState): void
}

/**
 * Keeps one session open. A connection that breaks is mended by the client, and what is being said goes on; when the
 * session is over, another is begun, with the settings as they were.
 */
export class Connection {
  readonly #url: string
  readonly #listener: ConnectionListener
  #client: ConverseClient | undefined
  /** What has been chosen in this page. */
  #chosen: SettingChange
  #retry = FIRST_RETRY

  /** @param settings what each session begins with */
  constructor(url: string, settings: SettingChange, listener: ConnectionListener) {
    this.#url = url
    this.#chosen = settings
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
    const voice = { ...this.#chosen.voice, ...change.voice }
    this.#chosen = { ...this.#chosen, ...change, ...(change.voice && { voice }) }
    this.#client?.set(change)
  }

  #keep(client: ConverseClient): void {
    this.#client = client
    this.#retry = FIRST_RETRY
    client.on('lost', () => this.#listener.state('resuming'))
    client.on('resume', () => {
      this.#listener.resumed(client)
      this.#listener.state('ready')
    })
    client.on('close', () => {
      this.#client = undefined
      this.#listener.disconnected()
      this.#again('lost')
    })
    client.set(this.#chosen)
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
