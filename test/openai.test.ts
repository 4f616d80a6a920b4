/** Both ends of OpenAI's protocols, against `phiz serve`: its package as the client, a stand-in as the language model. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectConverse, type ConverseClient } from '../src/client/client.js'
import type { ServerEvent } from '../src/client/protocol.js'
import { peak, s16leToFloat } from '../src/dsp/pcm.js'
import { decodeAudio } from '../src/media/decode.js'
import { allParts, readParts } from '../src/transports/say/fixtures/read-parts.js'
import { LanguageModel, type Asked } from './clients/language-model.js'
import { servePhiz, type Served } from './clients/serve.js'

const KEY = 'key-of-this-server'
const MODEL_KEY = 'key-of-the-model'
const PROMPT = 'You are a test.'

let folder: string
let model: LanguageModel
let server: Served
/** How the model answers; each test sets its own. */
let answer: (asked: Asked) => unknown

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-openai-'))
  model = await new LanguageModel((asked) => answer(asked)).start()
  server = await servePhiz(folder, {
    args: ['--llm-url', model.url, '--llm-model', 'small'],
    environment: {
      ...{ PHIZ_API_KEY: KEY, PHIZ_REPLY_API_KEY: MODEL_KEY, OPENAI_API_KEY: 'key-of-somebody-else' },
      ...{ PHIZ_REPLY_SYSTEM_PROMPT: PROMPT, PHIZ_REPLY_FIRST_WORD_SECONDS: '6' },
      PHIZ_SPEECH_ENGINE: 'espeak',
    },
  })
})
afterAll(async () => {
  expect(await server.stop()).toMatchObject({ code: 0, err: '' })
  await model.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the openai package as the client of /v1/audio/speech', () => {
  const client = (apiKey = KEY): OpenAI =>
    new OpenAI({ apiKey, baseURL: `${server.gateway}/v1`, maxRetries: 0, logLevel: 'off' })
  const speech = { model: 'gpt-4o-mini-tts', voice: 'coral', input: 'Hello there. How are you?' } as const

  it('gets a file in every format', async () => {
    for (const format of ['mp3', 'opus', 'aac', 'flac', 'wav'] as const) {
      const response = await client().audio.speech.create({ ...speech, response_format: format })
      const samples: number[] = []
      const file = Buffer.from(await response.arrayBuffer())
      for await (const piece of decodeAudio(file, { sampleRate: 24_000 })) samples.push(...piece)
      expect(samples.length / 24_000, format).toBeGreaterThan(1)
      expect(peak(Float32Array.from(samples)), format).toBeGreaterThan(0.1)
    }
  })

  it('streams', async () => {
    const response = await client().audio.speech.create({ ...speech, response_format: 'pcm' })
    const pieces: Uint8Array[] = []
    for await (const piece of response.body as ReadableStream<Uint8Array>) pieces.push(piece)
    const bytes = Buffer.concat(pieces)
    const samples = new Float32Array(bytes.length / 2)
    s16leToFloat(bytes, samples)
    expect(samples.length / 24_000).toBeGreaterThan(1)
    expect(peak(samples)).toBeGreaterThan(0.1)
  })

  it('lists the models, and raises the errors of its own', async () => {
    const { data } = await client().models.list()
    expect(data.map(({ id }) => id)).toContain(speech.model)
    const bad = client().audio.speech.create({ ...speech, speed: 9 })
    await expect(bad).rejects.toThrow(OpenAI.BadRequestError)
    await expect(bad).rejects.toMatchObject({ status: 400, param: 'speed' })
    await expect(client('another').models.list()).rejects.toThrow(OpenAI.AuthenticationError)
  })
})

describe('a stand-in as the language model', () => {
  /** Somebody who talks with the server, and what was said to them. */
  async function talker(): Promise<Talker> {
    const url = `${server.gateway.replace('http', 'ws')}/v1/converse?api_key=${KEY}`
    const client = await connectConverse({ url, WebSocket })
    client.set({ streams: ['audio'] })
    const events: ServerEvent[] = []
    let wake = (): void => undefined
    const types = ['turn-start', 'text-delta', 'caption', 'turn-end', 'turn-cancel', 'stats'] as const
    for (const type of types) {
      client.on(type, (event: ServerEvent) => {
        events.push(event)
        wake()
      })
    }
    const until: Talker['until'] = async (fits) => {
      for (;;) {
        const found = events.find(fits)
        if (found !== undefined) return found
        await new Promise<void>((resolve) => (wake = resolve))
      }
    }
    return { client, until }
  }
  interface Talker {
    readonly client: ConverseClient
    /** The first event that fits, of those that came or come. */
    until(fits: (event: ServerEvent) => boolean): Promise<ServerEvent>
  }
  const is =
    (type: ServerEvent['type'], turn: number) =>
    (event: ServerEvent): boolean =>
      event.type === type && 'turn' in event && event.turn === turn

  it('is asked with its own key alone, and heard while it still writes', async () => {
    const { client, until } = await talker()
    let isWritten = false
    const heard = until((event) => event.type === 'stats' && event.first_audio_ms !== undefined)
    answer = async (asked) => {
      for (const word of 'This is the first sentence. And this'.match(/\S+\s*/g)!) asked.write(word)
      await heard
      isWritten = true
      asked.write(' is the last.')
      asked.end()
    }
    client.ask('Who are you?')
    await heard
    expect(isWritten).toBe(false)
    const end = await until(is('turn-end', 1))
    expect(end).not.toHaveProperty('error')
    client.close()

    const { path, headers, body } = model.asked.at(-1)!
    expect([path, headers.authorization]).toEqual(['/v1/chat/completions', `Bearer ${MODEL_KEY}`])
    expect(JSON.stringify(headers)).not.toMatch(/key-of-(this|somebody)/)
    expect(body).toEqual({
      model: 'small',
      stream: true,
      messages: [
        { role: 'system', content: PROMPT },
        { role: 'user', content: 'Who are you?' },
      ],
    })
  })

  it('is left at once by an interruption, and next time told only what was heard', async () => {
    const { client, until } = await talker()
    answer = (asked) => {
      for (const word of 'One two three. Four five six. Seven eight'.match(/\S+\s*/g)!) asked.write(word)
    }
    client.ask('Count.')
    await until(is('turn-start', 1))
    client.playhead(1, 0)
    const second = await until(
      (event) => event.type === 'caption' && event.index === 1 && event.duration === undefined,
    )
    const { timestamp } = second as Extract<ServerEvent, { type: 'caption' }>
    // All of the first sentence was played, and of the second one only its beginning.
    client.playhead(1, timestamp + 1000)
    client.interrupt()
    await until(is('turn-cancel', 1))
    const [first] = model.asked.slice(-1)
    await first!.left
    expect(first!.isHeard).toBe(false)

    answer = (asked) => {
      asked.write('Yes.')
      asked.end()
    }
    client.ask('Go on?')
    await until(is('turn-end', 2))
    client.close()
    const { messages } = model.asked.at(-1)!.body
    expect(messages).toEqual([
      { role: 'system', content: PROMPT },
      { role: 'user', content: 'Count.' },
      { role: 'assistant', content: 'One two three. —' },
      { role: 'user', content: 'Go on?' },
    ])
  })

  it('that fails is named with its reason, and the conversation goes on', async () => {
    const { client, until } = await talker()
    let turn = 0
    const failure = async (by: (asked: Asked) => unknown): Promise<string> => {
      answer = by
      turn += 1
      client.ask('Well?')
      const { error } = (await until(is('turn-end', turn))) as Extract<ServerEvent, { type: 'turn-end' }>
      return `${error?.code}: ${error?.message.replace(model.url, 'URL')}`
    }
    expect(
      await failure((asked) => {
        asked.refuse(401, `Incorrect API key provided: ${MODEL_KEY}.`)
      }),
    ).toBe(
      'unavailable: The reply server at URL refused: HTTP 401, the key is missing or not right. PHIZ_REPLY_API_KEY sets it; OPENAI_API_KEY is for api.openai.com alone.',
    )
    expect(
      await failure((asked) => {
        asked.refuse(503, 'The model is loading.')
      }),
    ).toMatch(/^unavailable: The reply server at URL .*HTTP 503, The model is loading/)
    expect(
      await failure((asked) => {
        asked.write('Well, ')
        asked.cut()
      }),
    ).toBe('unavailable: The reply server at URL does not answer: the connection broke.')
    const silent = await failure(() => undefined)
    expect(silent).toBe('unavailable: The reply server at URL does not answer: it said nothing for 6 s.')

    expect(
      await failure((asked) => {
        asked.write('All is well.')
        asked.end()
      }),
    ).toBe('undefined: undefined')
    client.close()
  })

  it('answers scripts over POST /v1/ask, and is left by those that leave', async () => {
    const ask = (signal: AbortSignal | null = null): Promise<Response> =>
      fetch(`${server.gateway}/v1/ask`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
        body: JSON.stringify({
          text: 'And now?',
          messages: [{ role: 'user', content: 'Hello.' }],
          streams: ['audio'],
        }),
        signal,
      })
    answer = (asked) => {
      asked.write('Now we speak.')
      asked.end()
    }
    const parts = await allParts(await ask())
    expect(parts.map(({ json }) => json['text'])).toContain('Now we speak.')
    expect(parts.filter(({ kind }) => kind === 'audio').length).toBeGreaterThan(0)
    expect(parts.at(-1)!.json).not.toHaveProperty('error')
    expect(model.asked.at(-1)!.body.messages.slice(1)).toEqual([
      { role: 'user', content: 'Hello.\nAnd now?' },
    ])

    answer = (asked) => {
      asked.write('A sentence that is spoken. And another')
    }
    const leaving = new AbortController()
    await readParts(await ask(leaving.signal)).next()
    leaving.abort()
    await model.asked.at(-1)!.left
    expect(model.asked.at(-1)!.isHeard).toBe(false)
  })
})
