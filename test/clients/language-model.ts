import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { ScriptedServer } from '../../src/net/fixtures/scripted-server.js'

/** One request, and the means to answer it bit by bit. */
export class Asked {
  /** Resolves when the answer is over, or its reader has gone. */
  readonly left: Promise<void>
  readonly #response: ServerResponse

  constructor(
    readonly path: string,
    readonly headers: IncomingHttpHeaders,
    readonly body: {
      readonly model: string
      readonly stream: boolean
      readonly messages: readonly { readonly role: string; readonly content: string }[]
    },
    response: ServerResponse,
  ) {
    this.#response = response
    this.left = new Promise((resolve) => response.once('close', resolve))
  }

  /** The last message. */
  get question(): string {
    return this.body.messages.at(-1)!.content
  }

  /** Whether somebody still reads. */
  get isHeard(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded
  }

  /** A piece of the answer. */
  write(content: string): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'text/event-stream' })
    this.#send({ delta: { content }, finish_reason: null })
  }

  end(): void {
    this.#send({ delta: {}, finish_reason: 'stop' })
    this.#response.end('data: [DONE]\n\n')
  }

  refuse(status: number, message: string): void {
    this.#response.writeHead(status, { 'content-type': 'application/json' })
    this.#response.end(JSON.stringify({ error: { message } }))
  }

  /** Breaks the connection. */
  cut(): void {
    this.#response.destroy()
  }

  #send(choice: object): void {
    const chunk = { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] }
    this.#response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
}

/** A stand-in for a language model behind OpenAI's chat protocol, which answers as a test tells it to. */
export class LanguageModel {
  readonly asked: Asked[] = []
  readonly #server: ScriptedServer

  /** @param answer what it does with each request */
  constructor(answer: (asked: Asked) => unknown) {
    this.#server = new ScriptedServer({
      http: (request, response) => {
        let text = ''
        request.on('data', (piece: Buffer) => (text += piece.toString()))
        request.on('end', () => {
          const asked = new Asked(request.url!, request.headers, JSON.parse(text) as Asked['body'], response)
          this.asked.push(asked)
          void answer(asked)
        })
      },
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/v1`
  }

  async start(): Promise<this> {
    await this.#server.start()
    return this
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}
