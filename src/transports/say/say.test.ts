/** A turn as one answer, over real sockets, on a line that speaks in tones. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { InferenceError } from '../../errors.js'
import { BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import type { AvatarServices } from '../../stages/avatar/job.js'
import { writeTinyPortrait } from '../../stages/avatar/fixtures/tiny-avatar.js'
import { AvatarStore } from '../../stages/avatar/store.js'
import type { Message, Reply } from '../../stages/reply/reply.js'
import { SAMPLE_RATE, ScriptedLine } from '../converse/fixtures/scripted-line.js'
import { Seats } from '../converse/seats.js'
import { gatewayOpenApi } from '../docs/gateway-openapi.js'
import { allParts, readParts, type Part } from './fixtures/read-parts.js'
import { serveSay, type Served } from './fixtures/served.js'
import { sayRoutes } from './say.js'

const servers: Served[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(line: ScriptedLine, options: Parameters<typeof serveSay>[1] = {}): Promise<Served> {
  const server = await serveSay(line.catalogue, options)
  servers.push(server)
  return server
}

const events = (parts: readonly Part[]) =>
  parts.filter(({ kind }) => kind === 'event').map(({ json }) => json)
const media = (parts: readonly Part[], kind: string) => parts.filter((part) => part.kind === kind)
const onlySound = { streams: ['audio'] }

/** Reads to the end, whatever comes. */
async function drain(parts: AsyncIterator<unknown>): Promise<void> {
  while (!(await parts.next()).done);
}

/** One that answers with these pieces, each when it is let go. */
function writer(pieces: readonly string[], letGo: (index: number) => Promise<void> | void = () => {}) {
  const asked: (readonly Message[])[] = []
  let stopped = 0
  const reply: Reply = {
    name: 'writer',
    async *answer(messages, signal) {
      asked.push(messages)
      try {
        for (const [index, piece] of pieces.entries()) {
          await letGo(index)
          signal.throwIfAborted()
          yield piece
        }
      } finally {
        stopped += 1
      }
    },
  }
  return {
    reply,
    asked,
    get stopped() {
      return stopped
    },
  }
}

describe('POST /v1/say', () => {
  it('answers with all of a turn as parts, each kind in the order of its media', async () => {
    const { post, outcomes } = await serve(new ScriptedLine({ seconds: 1 }))
    const response = await post({ text: 'Tone 440 here. Tone 220 there.' })
    expect(response.status).toBe(200)
    expect(response.headers.get('transfer-encoding')).toBe('chunked')
    const parts = await allParts(response)
    expect(parts[0]).toMatchObject({ kind: 'event', type: 'application/json' })
    expect(parts[0]!.json).toEqual({
      type: 'turn-start',
      turn: 1,
      source: 'say',
      engines: { speech: 'scripted', expression: 'scripted', video: 'scripted' },
      audio: { sampleRate: SAMPLE_RATE },
      motion: { fps: 30, names: BLENDSHAPE_NAMES },
      video: { fps: 30, width: 64, height: 64 },
      settings: {
        ...{ avatar: null, voice: { rate: 1, pitch: 0 }, emotion: null, idle: false },
        ...{ quality: 80, fps: 30, size: 64, streams: ['audio', 'motion', 'frames'] },
      },
    })
    const sound = media(parts, 'audio')
    expect(new Set(sound.map(({ type }) => type))).toEqual(
      new Set([`audio/pcm; rate=${SAMPLE_RATE}; channels=1`]),
    )
    expect(sound.map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 20 }, (_, i) => i * 100_000))
    // Sample for sample what the line says: 440 Hz for a second, then 220 Hz.
    const samples = Buffer.concat(sound.map(({ content }) => content))
    expect(samples.length).toBe(2 * 2 * SAMPLE_RATE)
    for (const at of [0, 1, 777, 15_999, 16_000, 31_999]) {
      const hertz = at < SAMPLE_RATE ? 440 : 220
      const wanted = Math.round(
        32_768 * Math.fround(0.5 * Math.sin((2 * Math.PI * hertz * at) / SAMPLE_RATE)),
      )
      expect(samples.readInt16LE(2 * at)).toBe(wanted)
    }
    for (const kind of ['motion', 'frame']) {
      const pictures = media(parts, kind)
      expect(pictures.map(({ index }) => index)).toEqual(Array.from({ length: 60 }, (_, i) => i))
      expect(pictures[1]!.timestamp).toBe(33_333)
      expect(pictures[59]!.timestamp + pictures[59]!.duration).toBe(2_000_000)
    }
    const [weights] = media(parts, 'motion')
    expect(weights!.json).toEqual({ weights: Array<number>(52).fill(0), rotation: [0, 0, 0] })
    const [frame] = media(parts, 'frame')
    expect([frame!.type, frame!.content.length, ...frame!.content.subarray(0, 2)]).toEqual([
      'image/jpeg',
      2000,
      0xff,
      0xd8,
    ])
    expect(events(parts).filter(({ type }) => type === 'caption')).toEqual([
      { type: 'caption', turn: 1, index: 0, text: 'Tone 440 here.', timestamp: 0 },
      { type: 'caption', turn: 1, index: 0, text: 'Tone 440 here.', timestamp: 0, duration: 1_000_000 },
      { type: 'caption', turn: 1, index: 1, text: 'Tone 220 there.', timestamp: 1_000_000 },
      {
        ...{ type: 'caption', turn: 1, index: 1, text: 'Tone 220 there.' },
        ...{ timestamp: 1_000_000, duration: 1_000_000 },
      },
    ])
    const end = parts.at(-1)!.json
    expect(end).toMatchObject({ type: 'turn-end', turn: 1, stats: { audio_ms: 2000, av_skew_ms: 0 } })
    expect(end).not.toHaveProperty('error')
    expect(outcomes).toEqual(['completed'])
  })

  it('sends each packet when it is made', async () => {
    const line = new ScriptedLine()
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    line.beforePacket = (index) => (index === 1 ? held : undefined)
    const { post, outcomes } = await serve(line)
    const seen: string[] = []
    for await (const { kind } of readParts(await post({ text: 'Tone 440.', ...onlySound }))) {
      seen.push(kind)
      if (kind === 'audio') {
        if (seen.filter((one) => one === 'audio').length === 1) expect(outcomes).toEqual([])
        letGo()
      }
    }
    expect(seen.filter((kind) => kind === 'audio')).toHaveLength(5)
  })

  it.each([
    [['audio'], { audio: 5, motion: 0, frame: 0 }],
    [['motion'], { audio: 0, motion: 15, frame: 0 }],
    [['frames', 'motion'], { audio: 0, motion: 15, frame: 15 }],
  ])('sends of the streams %j those, and makes no others', async (streams, counts) => {
    const line = new ScriptedLine()
    const { post } = await serve(line)
    const parts = await allParts(await post({ text: 'Tone 440.', streams }))
    const counted = Object.keys(counts).map((kind) => [kind, media(parts, kind).length])
    expect(Object.fromEntries(counted)).toEqual(counts)
    expect(line.emotions.length).toBe(streams[0] === 'audio' ? 0 : 1)
  })

  it('speaks and looks as the request wants', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phiz-say-'))
    const store = new AvatarStore(folder)
    await store.create('ada', {}, (at) => writeTinyPortrait(at))
    const line = new ScriptedLine()
    const { post } = await serve(line, { avatars: { store } as AvatarServices, quality: 70 })
    const wanted = {
      ...{ avatar: 'ada', voice: { rate: 1.5, pitch: -2 }, emotion: 'happy' },
      ...{ fps: 12.5, streams: ['frames'] },
    }
    const [start] = await allParts(await post({ text: 'Tone 440.', ...wanted }))
    expect(start!.json['settings']).toMatchObject({ ...wanted, quality: 70 })
    expect(line.begun).toEqual([
      { text: 'Tone 440.', voice: { rate: 1.5, pitch: -2, emotion: [1, 0, 0, 0, 0, 0, 0, 0] } },
    ])
    expect(line.videos).toContainEqual(expect.objectContaining({ avatar: 'ada', quality: 70, fps: 12.5 }))
    await rm(folder, { recursive: true })
  })

  it.each([
    ['multipart/mixed', 'multipart/mixed'],
    ['audio/wav, */*', 'audio/wav'],
    ['text/html, audio/x-wav;q=0.5', 'audio/wav'],
    ['text/html', 'multipart/mixed'],
  ])('answers "accept: %s" with %s', async (accept, type) => {
    const { post } = await serve(new ScriptedLine())
    const headers = { 'content-type': 'application/json', accept }
    const response = await post({ text: 'Tone 440.' }, { headers })
    expect(response.headers.get('content-type')).toMatch(new RegExp(`^${type}(;|$)`))
    await response.arrayBuffer()
  })

  // Pictures larger than what the sockets between hold.
  const large = { seconds: 60, frameBytes: 400_000 }

  it('makes no more for a client that does not read, and serves others meanwhile', async () => {
    const line = new ScriptedLine(large)
    const { post } = await serve(line)
    const leaving = new AbortController()
    const slow = await post({ text: 'Tone 440.' }, { signal: leaving.signal })
    await slow.body!.getReader().read()
    const quick = await allParts(await post({ text: 'Tone 220.', ...onlySound }))
    expect(media(quick, 'audio')).toHaveLength(600)
    // A minute of the one, and little more than the window of the other.
    expect(line.made).toBeLessThan(600 + 100)
    leaving.abort()
  })

  it('breaks off for a client that takes nothing for too long', async () => {
    const line = new ScriptedLine(large)
    const { post, outcomes } = await serve(line, { stallSeconds: 0.5 })
    const slow = (await post({ text: 'Tone 440.' })).body![Symbol.asyncIterator]()
    await slow.next()
    await vi.waitFor(() => expect(outcomes).toEqual(['cancelled']), { timeout: 20_000 })
    await expect(drain(slow)).rejects.toThrow()
    expect([line.open, line.made < 100]).toEqual([0, true])
  })

  it('stops at once when its client leaves, and gives the seat back', async () => {
    const seats = new Seats(1)
    const line = new ScriptedLine({ seconds: 60 })
    const { post, outcomes, unexpected } = await serve(line, { seats })
    const leaving = new AbortController()
    const response = await post({ text: 'Tone 440.' }, { signal: leaving.signal })
    const parts = readParts(response)
    await parts.next()
    expect(seats.taken).toBe(1)
    leaving.abort()
    await expect(drain(parts)).rejects.toThrow()
    await vi.waitFor(() => expect([outcomes, seats.taken]).toEqual([['cancelled'], 0]), { timeout: 10_000 })
    expect(line.open).toBe(0)
    expect(unexpected).toEqual([])
    await allParts(await post({ text: 'Tone 220.', ...onlySound }))
  })

  it('ends with the error of a turn that fails in its middle', async () => {
    const line = new ScriptedLine()
    line.beforePacket = (index) => {
      if (index === 3) throw new InferenceError('The voice has failed.')
    }
    const seats = new Seats()
    const { post, outcomes } = await serve(line, { seats })
    const parts = await allParts(await post({ text: 'Tone 440.', ...onlySound }))
    expect(parts.at(-1)!.json).toMatchObject({
      type: 'turn-end',
      error: { code: 'inference', message: 'The voice has failed.' },
    })
    expect(outcomes).toEqual(['failed'])
    expect(seats.taken).toBe(0)
  })

  it('breaks off a sound that fails in its middle', async () => {
    const line = new ScriptedLine()
    line.beforePacket = (index) => {
      if (index === 3) throw new TypeError('a secret')
    }
    const { post, unexpected } = await serve(line)
    const response = await post({ text: 'Tone 440.', format: 'wav' })
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toThrow()
    expect(unexpected).toEqual([new TypeError('a secret')])
  })

  it('refuses when all seats are taken, and says when to come back', async () => {
    const seats = new Seats(1)
    const release = seats.take()
    const { post } = await serve(new ScriptedLine(), { seats })
    const response = await post({ text: 'Tone 440.' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await response.json()).toEqual({
      error: {
        code: 'overload',
        message: 'All 1 conversations are taken; try again later.',
        retryable: true,
      },
    })
    release()
    expect((await allParts(await post({ text: 'Tone 440.', ...onlySound }))).length).toBeGreaterThan(5)
  })

  it('ends what is being said when the server stops, and takes no more', async () => {
    const line = new ScriptedLine({ seconds: 60 })
    const { post, say } = await serve(line)
    const parts = readParts(await post({ text: 'Tone 440.' }))
    await parts.next()
    const closed = say.close()
    let last: Part | undefined
    for await (const part of parts) last = part
    await closed
    expect(last!.json).toMatchObject({
      type: 'turn-end',
      error: { code: 'unavailable', message: 'The service is stopping.' },
    })
    expect((await post({ text: 'Tone 440.' })).status).toBe(503)
    expect(line.open).toBe(0)
  })
})

describe('POST /v1/ask', () => {
  it('speaks an answer while it is written', async () => {
    let write = (): void => undefined
    const heard = new Promise<void>((resolve) => (write = resolve))
    const { reply, asked } = writer(['Tone 440 is first. Tone', ' 220 is last.'], (index) =>
      index === 1 ? heard : undefined,
    )
    const history = { systemPrompt: 'Be brief.' }
    const { post } = await serve(new ScriptedLine(), { reply, history })
    const parts: Part[] = []
    const body = { text: 'Well?', ...onlySound }
    for await (const part of readParts(await post(body, { path: '/v1/ask' }))) {
      // The rest is written only after the beginning was heard.
      if (part.kind === 'audio') write()
      parts.push(part)
    }
    expect(parts[0]!.json).toMatchObject({ type: 'turn-start', source: 'ask' })
    const deltas = events(parts).filter(({ type }) => type === 'text-delta')
    expect(deltas.map(({ text }) => text)).toEqual(['Tone 440 is first. Tone', ' 220 is last.'])
    expect(parts.findIndex(({ kind }) => kind === 'audio')).toBeLessThan(
      parts.findIndex(({ json }) => json['text'] === ' 220 is last.'),
    )
    expect(asked).toEqual([
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Well?' },
      ],
    ])
  })

  it('tells the one who answers what was said before, as much as a conversation keeps', async () => {
    const { reply, asked } = writer(['Yes.'])
    const { post } = await serve(new ScriptedLine(), { reply, history: { maxMessages: 4 } })
    const messages = [
      { role: 'assistant', content: 'Welcome.' },
      { role: 'user', content: 'Who are you?' },
      { role: 'assistant', content: 'A face.' },
    ]
    const ask = async (past: readonly object[]): Promise<void> => {
      const body = { text: 'Really?', messages: past, ...onlySound }
      await allParts(await post(body, { path: '/v1/ask' }))
    }
    await ask(messages.slice(0, 1))
    await ask(messages)
    expect(asked).toEqual([
      [{ role: 'user', content: '…' }, messages[0], { role: 'user', content: 'Really?' }],
      [...messages.slice(1), { role: 'user', content: 'Really?' }],
    ])
  })

  it('stops the writing when its client leaves', async () => {
    const author = writer(Array<string>(100).fill('Tone 440 and so on. '))
    const line = new ScriptedLine({ seconds: 10 })
    const { post, outcomes } = await serve(line, { reply: author.reply })
    const leaving = new AbortController()
    const response = await post({ text: 'Well?' }, { path: '/v1/ask', signal: leaving.signal })
    await readParts(response).next()
    leaving.abort()
    await vi.waitFor(() => expect([outcomes, author.stopped, line.open]).toEqual([['cancelled'], 1, 0]), {
      timeout: 10_000,
    })
  })
})

it('is described in the OpenAPI of the gateway', async () => {
  const { routes, close } = sayRoutes({
    catalogue: undefined as never,
    avatars: undefined as never,
    telemetry: () => {},
    onUnexpectedError: () => {},
  })
  const api = gatewayOpenApi({ version: '1', parts: [routes] }) as { paths: Record<string, PathItem> }
  for (const [path, more] of [
    ['/v1/say', []],
    ['/v1/ask', ['messages']],
  ] as const) {
    expect(Object.keys(api.paths[path]!)).toEqual(['post'])
    const { schema } = api.paths[path]!.post.requestBody.content['application/json']
    expect(schema).toMatchObject({ required: ['text'], additionalProperties: false })
    expect(Object.keys(schema.properties).sort()).toEqual(
      [
        ...['text', 'avatar', 'voice', 'emotion', 'quality', 'fps', 'size', 'streams', 'format'],
        ...more,
      ].sort(),
    )
  }
  await close()
})

interface PathItem {
  readonly post: {
    readonly requestBody: {
      readonly content: { readonly 'application/json': { readonly schema: { readonly properties: object } } }
    }
  }
}
