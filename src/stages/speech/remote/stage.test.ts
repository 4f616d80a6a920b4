/** Speech by another server: phiz's own IndexTTS tap over real sockets, and servers that misbehave. */
import { of } from 'rxjs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { floatToS16le, s16leToFloat } from '../../../dsp/pcm.js'
import { CancelledError, UnavailableError } from '../../../errors.js'
import { encodeWav } from '../../../media/wav.js'
import { ScriptedServer, type Script } from '../../../net/fixtures/scripted-server.js'
import { remoteAddress, type RemoteServer } from '../../../net/server.js'
import type { WebSocket } from '../../../net/ws.js'
import { chain } from '../../../pipeline/compose.js'
import { endOf, type AudioPacket, type Packet, type VoiceStyle } from '../../../pipeline/packet.js'
import { runTurn } from '../../../pipeline/run.js'
import { Turn } from '../../../pipeline/turn.js'
import { collect } from '../../../testing/collect.js'
import { ScriptedVoice } from '../../../transports/taps/indextts-ws/fixtures/scripted-voice.js'
import { createIndexttsTap } from '../../../transports/taps/indextts-ws/tap.js'
import { openTap } from '../../../transports/taps/open-tap.js'
import type { Catalogue } from '../../catalogue.js'
import { segmentText } from '../../text/stage.js'
import { Connections, remoteSpeech, REMOTE_SAMPLE_RATE } from './stage.js'

/** Sentences so short that the server does not cut them once more. */
const TEXT = 'The sea was calm. Nobody spoke! Then the moon rose over the hills.'

let app: App
let url: string
const ends: (() => Promise<void>)[] = []
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  app = createApp(resolveConfig({ flags: { 'speech.engine': 'espeak' } }))
  // The clients' patience is for the server's work, not for the start of its voice.
  await app.catalogue.speech()
  const [address, end] = await open(app.catalogue)
  url = address
  ends.push(end)
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  for (const end of ends) await end()
  await app[Symbol.asyncDispose]()
})

/** phiz's own tap with the voice of a catalogue. */
async function open(catalogue: Catalogue): Promise<[url: string, close: () => Promise<void>]> {
  const onUnexpectedError = (error: unknown): never => {
    throw error
  }
  const tap = createIndexttsTap({ ...app, catalogue, onUnexpectedError })
  const opened = await openTap(tap, { host: '127.0.0.1', port: 0, sockets: {} })
  const close = async (): Promise<void> => {
    await opened.close()
    await tap.close()
  }
  return [`ws://127.0.0.1:${opened.port}`, close]
}

async function serve(catalogue: Catalogue): Promise<string> {
  const [address, close] = await open(catalogue)
  stops.push(close)
  return address
}

function remote(address = url, timeoutMs = 5_000): RemoteServer {
  return { does: 'speech', address: remoteAddress(address), timeoutMs }
}

async function scripted(script: Script['socket']): Promise<ScriptedServer> {
  const server = await new ScriptedServer({ socket: script! }).start()
  stops.push(() => server.stop())
  return server
}

function connectionsTo(server: RemoteServer): Connections {
  const connections = new Connections(server)
  stops.push(() => connections.close())
  return connections
}

interface SpeakOptions {
  readonly connections?: Connections
  readonly turn?: Turn
  readonly voice?: VoiceStyle
  readonly promptAudio?: string
  readonly onWrite?: (packet: Packet) => Promise<void> | void
}

let turns = 0
function newTurn(): Turn {
  // Marks are written, too, and a clause lies between two of them.
  return new Turn({ id: `remote-${turns++}`, windowSpan: 20_000_000 })
}

async function speak(
  server: RemoteServer,
  text: string,
  options: SpeakOptions = {},
): Promise<readonly Packet[]> {
  const { connections = connectionsTo(server), turn = newTurn(), voice, promptAudio, onWrite } = options
  const line = chain(segmentText(), remoteSpeech({ server, connections, promptAudio }))
  const sink = collect(['audio', 'mark'], onWrite)
  const packet = {
    kind: 'text',
    turn: turn.id,
    timestamp: 0,
    duration: 0,
    text,
    ...(voice && { voice }),
  } as const
  await runTurn(of(packet).pipe(line.open(turn)), [sink], turn)
  return sink.packets
}

function audioOf(packets: readonly Packet[]): AudioPacket[] {
  return packets.filter((packet) => packet.kind === 'audio')
}

function samplesOf(packets: readonly Packet[]): Float32Array {
  return Float32Array.from(audioOf(packets).flatMap(({ samples }) => [...samples]))
}

function in16Bit(samples: Float32Array): Float32Array {
  const bytes = new Uint8Array(samples.length * 2)
  floatToS16le(samples, bytes)
  const output = new Float32Array(samples.length)
  s16leToFloat(bytes, output)
  return output
}

/** Places at which two sounds differ, the first few; a comparison of all samples by the test runner takes minutes. */
function differences(a: Float32Array, b: Float32Array): number[] {
  const places = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i)
  return places.filter((i) => a[i] !== b[i]).slice(0, 5)
}

const tone = Float32Array.from({ length: 22_050 }, (_, i) => 0.3 * Math.sin(i / 20))

/** Answers each request like the original: queued, start, one WAV, end. */
function originalServer(wav: () => Uint8Array = () => encodeWav(tone, REMOTE_SAMPLE_RATE)): Script['socket'] {
  return (socket) => {
    let count = 0
    welcome(socket)
    socket.on('message', () => {
      const task = { task_id: `task-${count++}`, session_id: 's', message: '' }
      socket.send(JSON.stringify({ type: 'queued', ...task }))
      socket.send(JSON.stringify({ type: 'start', ...task }))
      socket.send(wav())
      socket.send(JSON.stringify({ type: 'end', ...task }))
    })
  }
}

function welcome(socket: WebSocket): void {
  socket.send(JSON.stringify({ status: 'success', session_id: 's', message: '', usage: '' }))
}

describe('speech by another phiz', () => {
  it('is the same as speech by this one after 16 bits', async () => {
    const voice = new ScriptedVoice({ isHeld: false, seconds: 1.5 })
    const emotion = [0.8, 0, 0, 0, 0, 0, 0.2, 0]
    const there = await speak(remote(await serve(voice.catalogue)), TEXT, { voice: { emotion } })
    expect(voice.begun).toEqual(['The sea was calm.', 'Nobody spoke!', 'Then the moon rose over the hills.'])
    expect(voice.styles).toEqual([{ emotion }, { emotion }, { emotion }])

    const clause = in16Bit(voice.sound())
    expect(differences(samplesOf(there), Float32Array.from([...clause, ...clause, ...clause]))).toEqual([])
    expect(audioOf(there).every((packet) => packet.emotion === emotion)).toBe(true)
    const marks = there.filter((packet) => packet.kind === 'mark')
    expect(marks.map(({ mark, text, timestamp }) => [mark, text, timestamp])).toEqual([
      ['segment-start', 'The sea was calm.', 0],
      ['segment-end', 'The sea was calm.', 1_500_000],
      ['segment-start', 'Nobody spoke!', 1_500_000],
      ['segment-end', 'Nobody spoke!', 3_000_000],
      ['segment-start', 'Then the moon rose over the hills.', 3_000_000],
      ['segment-end', 'Then the moon rose over the hills.', 4_500_000],
    ])
  })

  it('comes without gaps, at the times of its samples, in short packets', async () => {
    const packets = audioOf(await speak(remote(), TEXT))
    let position = 0
    for (const packet of packets) {
      expect(packet.timestamp).toBe(Math.round((position * 1e6) / REMOTE_SAMPLE_RATE))
      position += packet.samples.length
      expect(endOf(packet)).toBe(Math.round((position * 1e6) / REMOTE_SAMPLE_RATE))
      expect(packet.samples.length).toBeLessThan(2 * 2205)
    }
  })

  it('refuses a voice style that cannot work, and a text without speech', async () => {
    await expect(speak(remote(), TEXT, { voice: { emotion: [1, 2] } })).rejects.toThrow('voice.emotion has 2')
    await expect(speak(remote(), '…')).rejects.toThrow('nothing to speak')
  })
})

describe('speech by an original server', () => {
  it('asks as its document says, one clause ahead, and gives each clause a pause', async () => {
    const server = await scripted(originalServer())
    const turn = newTurn()
    const packets = await speak(server.remote('ws'), 'One. Two. Three. Four.', {
      turn,
      promptAudio: 'asset/prompt.wav',
      voice: { emotion: [0, 0, 1, 0, 0, 0, 0, 0], rate: 1.2 },
    })
    expect(server.heard[0]).toEqual({
      type: 'tts_stream',
      text: 'One.',
      prompt_audio: 'asset/prompt.wav',
      emo_mode: 'vector',
      emo_vector: [0, 0, 1, 0, 0, 0, 0, 0],
      stream: true,
    })
    expect(server.heard).toHaveLength(4)
    const pause = Math.round(0.22 * REMOTE_SAMPLE_RATE)
    expect(samplesOf(packets)).toHaveLength(4 * (tone.length + pause))
  })

  it('has no more than two clauses under way', async () => {
    const server = await scripted(originalServer())
    const heardAt: number[] = []
    await speak(server.remote('ws'), 'One. Two. Three. Four. Five.', {
      onWrite: (packet) => {
        if (packet.kind === 'mark' && packet.mark === 'segment-start') heardAt.push(server.heard.length)
      },
    })
    expect(heardAt).toHaveLength(5)
    for (const [clause, heard] of heardAt.entries()) expect(heard).toBeLessThanOrEqual(clause + 2)
  })

  it('takes sound of another rate', async () => {
    const server = await scripted(originalServer(() => encodeWav(tone, 44_100)))
    const samples = samplesOf(await speak(server.remote('ws'), 'One.'))
    const pause = Math.round(0.22 * REMOTE_SAMPLE_RATE)
    expect(samples.length).toBe(tone.length / 2 + pause)
  })

  it('keeps its connection from turn to turn, and opens another when it is lost', async () => {
    const server = await scripted(originalServer())
    const remoteServer = server.remote('ws')
    const connections = connectionsTo(remoteServer)
    await speak(remoteServer, 'One. Two.', { connections })
    await speak(remoteServer, 'Three.', { connections })
    expect(server.opened).toBe(1)
    await server.stop()
    await expect.poll(() => connections.open).toBe(0)
    const again = server.start()
    await speak(remoteServer, 'Four.', { connections })
    await again
    expect(server.opened).toBe(2)
  })

  it('gives two turns at once a connection each', async () => {
    const server = await scripted(originalServer())
    const remoteServer = server.remote('ws')
    const connections = connectionsTo(remoteServer)
    await Promise.all([1, 2].map(() => speak(remoteServer, 'One. Two.', { connections })))
    expect(server.opened).toBe(2)
    await expect.poll(() => connections.open).toBe(1)
  })
})

describe('a turn that is cancelled', () => {
  it('ends at once and closes the connection, so that the server stops', async () => {
    const server = await scripted((socket) => {
      welcome(socket)
      socket.on('message', () => {
        socket.send(JSON.stringify({ type: 'queued', task_id: 'a' }))
        socket.send(JSON.stringify({ type: 'start', task_id: 'a' }))
      })
    })
    const turn = newTurn()
    const remoteServer = server.remote('ws')
    const connections = connectionsTo(remoteServer)
    const spoken = speak(remoteServer, TEXT, { turn, connections })
    await expect.poll(() => server.heard.length).toBeGreaterThan(0)
    turn.cancel()
    await expect(spoken).rejects.toThrow(CancelledError)
    await expect.poll(() => server.sockets.size).toBe(0)
    expect(connections.open).toBe(0)
    expect(turn.running).toBe(0)
  })

  it('frees the tap of a phiz for the next', async () => {
    const turn = newTurn()
    const connections = connectionsTo(remote())
    const stopped = speak(remote(), TEXT.repeat(20), {
      turn,
      connections,
      onWrite: () => {
        turn.cancel()
      },
    })
    await expect(stopped).rejects.toThrow(CancelledError)
    expect(samplesOf(await speak(remote(), 'Again.', { connections })).length).toBeGreaterThan(5_000)
  })
})

describe('a server that misbehaves', () => {
  const failing: [string, Script['socket'], RegExp][] = [
    ['is silent', () => undefined, /said nothing for 0\.3 s/],
    [
      'dies in the middle',
      (socket) => {
        socket.on('message', () => {
          socket.send(JSON.stringify({ type: 'queued', task_id: 'a' }))
          socket.terminate()
        })
      },
      /does not answer: the connection was closed \(1006\)/,
    ],
    [
      'says why it leaves',
      (socket) => socket.on('message', () => socket.close(1011, 'keepalive ping timeout')),
      /closed \(1011, keepalive ping timeout\)/,
    ],
    [
      'reports an error',
      (socket) =>
        socket.on('message', () => socket.send('{"status":"error","message":"模型加载失败\\u0007\\n!"}')),
      /could not do its work: 模型加载失败 !$/,
    ],
    [
      'sends no JSON',
      (socket) => socket.on('message', () => socket.send('<html>')),
      /protocol: it sent a message/,
    ],
    [
      'queues what nobody asked for',
      (socket) =>
        socket.on('message', () => {
          for (const id of 'abc') socket.send(JSON.stringify({ type: 'queued', task_id: id }))
        }),
      /protocol: it queued a task that nobody asked for/,
    ],
    [
      'sends sound too early',
      (socket) => socket.on('message', () => socket.send(Buffer.alloc(100))),
      /protocol: it sent sound before/,
    ],
    [
      'sends sound that is none',
      originalServer(() => new Uint8Array(1000).fill(7)),
      /protocol: what it sent as sound cannot be read/,
    ],
    [
      'sends far too much at once',
      (socket) => socket.on('message', () => socket.send(Buffer.alloc(33 * 2 ** 20))),
      /protocol: Max payload size exceeded/,
    ],
  ]
  it.each(failing)('fails the turn when it %s', async (_title, script, problem) => {
    const server = await scripted(script)
    const remoteServer = server.remote('ws', 300)
    const connections = connectionsTo(remoteServer)
    const error: unknown = await speak(remoteServer, 'Hello there.', { connections }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(UnavailableError)
    expect((error as Error).message).toMatch(problem)
    expect((error as Error).message).toContain(`The test server at ws://127.0.0.1:${server.port}`)
    await expect.poll(() => connections.open).toBe(0)
  })

  it('fails the turn when nothing listens, without showing credentials', async () => {
    const server = await scripted(() => undefined)
    await server.stop()
    const address = remoteAddress(`ws://user:secret@127.0.0.1:${server.port}/?api_key=secret`)
    const spoken = speak({ does: 'speech', address, timeoutMs: 1000 }, 'Hello.')
    await expect(spoken).rejects.toThrow(
      `The speech server at ws://127.0.0.1:${server.port} does not answer: nothing listens there.`,
    )
  })

  it('fails the turn when it takes no connection, in time', async () => {
    const server = await new ScriptedServer({ http: () => undefined }).start()
    stops.push(() => server.stop())
    const { address } = server.remote('http')
    const silent = { does: 'speech', address: remoteAddress(`ws://${address.url.host}/`), timeoutMs: 200 }
    const open = speak(silent, 'Hello.')
    await expect(open).rejects.toThrow(/said nothing|does not answer/)
  })
})
