/** What a stop gives back: MuseTalk itself behind the tap, the small networks of the golden data. */
import { once } from 'node:events'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { realLine, writeSpeech, type RealLine } from '../../../../test/real-models.js'
import { listen, type Listening } from '../../listen.js'
import { attachSockets, type AttachedSockets } from '../../socket.js'
import { createMusetalkTap } from './tap.js'

let line: RealLine
let listening: Listening
let sockets: AttachedSockets
/** Recordings of one second, and of as much as leaves time to stop it. */
let short: string
let long: string
const unexpected: unknown[] = []
beforeAll(async () => {
  line = await realLine({ 'expression.engine': 'visemes' })
  short = join(line.folder, 'short.wav')
  long = join(line.folder, 'long.wav')
  await writeSpeech(short, 1)
  await writeSpeech(long, 20)
  const tap = createMusetalkTap(
    { ...line, telemetry: () => undefined, onUnexpectedError: (error) => unexpected.push(error) },
    { pace: 'realtime', mediaRoots: 'anything' },
  )
  listening = await listen({
    host: '127.0.0.1',
    port: 0,
    title: tap.title,
    fetch: () => new Response(null, { status: 426 }),
  })
  sockets = attachSockets(listening.server, tap.sockets!)
})
afterAll(async () => {
  await sockets.close()
  await listening.close()
  await line[Symbol.asyncDispose]()
  expect(unexpected).toEqual([])
})

/** A client, and which networks are loaded at the moment that each message comes. */
class Client {
  readonly statuses: { readonly status: unknown; readonly loaded: readonly string[] }[] = []
  frames = 0
  readonly #socket: WebSocket
  #wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.frames += 1
      else {
        const { status, error } = JSON.parse(data.toString()) as Record<string, unknown>
        this.statuses.push({ status: status ?? error, loaded: loaded() })
      }
      this.#wake()
    })
  }

  static async open(): Promise<Client> {
    const socket = new WebSocket(`ws://127.0.0.1:${listening.port}`)
    await once(socket, 'open')
    return new Client(socket)
  }

  send(value: unknown): void {
    this.#socket.send(JSON.stringify(value))
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  /** The networks that were loaded when it was said. */
  async told(status: string): Promise<readonly string[]> {
    await this.until(() => this.statuses.some((one) => one.status === status))
    return this.statuses.find((one) => one.status === status)!.loaded
  }
}

/** Networks on the device: frames are composed on the CPU. */
function loaded(): string[] {
  return [...line.alive].filter((id) => BOTH.includes(id)).sort()
}

const BOTH = ['musetalk-ears', 'musetalk-face']

it('says that it has stopped when the networks are gone, and loads them anew for the next job', async () => {
  const client = await Client.open()
  client.send({ audio_path: long })
  await client.until(() => client.frames > 0)
  expect(loaded()).toEqual(BOTH)
  client.send({ action: 'stop' })
  expect(await client.told('stopped')).toEqual([])
  await client.told('stopped_mid_process')

  client.frames = 0
  client.send({ audio_path: short })
  expect(await client.told('completed')).toEqual(BOTH)
  expect(client.frames).toBe(25)
})

it('leaves them to those who speak, and takes them with the last', async () => {
  const [stopping, speaking] = [await Client.open(), await Client.open()]
  for (const client of [stopping, speaking]) client.send({ audio_path: long })
  await stopping.until(() => stopping.frames > 0)
  await speaking.until(() => speaking.frames > 0)
  stopping.send({ action: 'stop' })
  expect(await stopping.told('stopped')).toEqual(BOTH)
  const { frames } = speaking
  await speaking.until(() => speaking.frames > frames + 1)
  speaking.send({ action: 'stop' })
  expect(await speaking.told('stopped')).toEqual([])

  const idle = await Client.open()
  idle.send({ action: 'stop' })
  expect(await idle.told('stopped')).toEqual([])
})
