/** The endpoint as its clients see it: over real sockets, on a voice that speaks when it is told to. */
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { InferenceError, ModelLoadError } from '../../../errors.js'
import { fakeLog, fakeSpeech, type FakeOptions } from '../../../testing/fake-stages.js'
import type { Catalogue } from '../../../stages/catalogue.js'
import { segmentText } from '../../../stages/text/stage.js'
import { ScriptedVoice } from '../indextts-ws/fixtures/scripted-voice.js'
import { serveSpeech, type Server } from './fixtures/server.js'
import type { OpenaiSpeechOptions } from './openai-speech.js'
import type { ErrorAnswer } from './problems.js'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(catalogue: Catalogue, options?: OpenaiSpeechOptions): Promise<Server> {
  const server = await serveSpeech(catalogue, options)
  servers.push(server)
  return server
}

function spoken(): Catalogue {
  return new ScriptedVoice({ isHeld: false, sampleRate: 24_000 }).catalogue
}

/** A voice of silence, 0.1 s a letter, that keeps to the turn's window. */
function endless(options: FakeOptions): Catalogue {
  return {
    ...spoken(),
    speech: () => Promise.resolve({ stage: fakeSpeech(options), sampleRate: 16_000 }),
    segment: () => segmentText(),
  }
}

async function problemOf(response: Response) {
  const { error } = (await response.json()) as ErrorAnswer
  return { status: response.status, ...error }
}

describe('POST /v1/audio/speech', () => {
  it.each([
    [{}, 'audio/mpeg'],
    [{ response_format: 'opus' }, 'audio/opus'],
    [{ response_format: 'pcm', stream_format: 'audio', speed: 1 }, 'audio/pcm'],
    [{ response_format: 'wav', instructions: null, speed: null }, 'audio/wav'],
    [{ stream_format: 'sse' }, 'text/event-stream; charset=utf-8'],
  ])('answers %o with %s, in chunks', async (fields, type) => {
    const response = await (await serve(spoken())).ask(fields)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('transfer-encoding')).toBe('chunked')
    expect(response.headers.get('content-length')).toBeNull()
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0)
  })

  it('sends each clause when it is spoken', async () => {
    const voice = new ScriptedVoice({ sampleRate: 24_000 })
    const server = await serve(voice.catalogue)
    const asked = server.ask({ input: 'First one. Second one.', response_format: 'pcm' })
    await voice.begins('First one.')
    voice.release('First one.')
    const reader = (await asked).body!.getReader()
    const first = (await reader.read()) as { value: Uint8Array }
    expect(first.value.length).toBe(voice.sound().length * 2)
    expect(server.outcomes).toEqual([])
    voice.release('Second one.')
    expect(((await reader.read()) as { value: Uint8Array }).value.length).toBe(first.value.length)
    expect((await reader.read()).done).toBe(true)
  })

  it('sends events with the sound in pieces, and what it has cost', async () => {
    const server = await serve(spoken())
    const input = 'First one. Second one.'
    const plain = Buffer.from(await (await server.ask({ input, response_format: 'wav' })).arrayBuffer())
    const text = await (await server.ask({ input, response_format: 'wav', stream_format: 'sse' })).text()
    const events = text
      .split('\n\n')
      .slice(0, -1)
      .map(
        (event) =>
          JSON.parse(event.replace(/^data: /, '')) as { type: string; audio: string; usage: unknown },
      )
    const done = events.pop()!
    expect(events.every(({ type }) => type === 'speech.audio.delta')).toBe(true)
    expect(Buffer.concat(events.map(({ audio }) => Buffer.from(audio, 'base64')))).toEqual(plain)
    expect(done).toEqual({
      type: 'speech.audio.done',
      // 22 letters; 0.2 s.
      usage: { input_tokens: 6, output_tokens: 5, total_tokens: 11 },
    })
  })

  it('speaks in the manner that is asked for', async () => {
    const voice = new ScriptedVoice({ isHeld: false, sampleRate: 24_000 })
    const server = await serve(voice.catalogue)
    const lengthOf = async (fields: object): Promise<number> =>
      (await (await server.ask({ input: 'One.', response_format: 'pcm', ...fields })).arrayBuffer())
        .byteLength
    const usual = await lengthOf({})
    await lengthOf({ voice: { id: 'onyx' }, speed: 1.5, instructions: 'Sound very cheerful, please.' })
    // Beyond what the engine takes, its sound is made faster or slower.
    expect(await lengthOf({ speed: 4 })).toBe(usual / 2)
    expect(await lengthOf({ speed: 0.25 })).toBe(usual * 2)
    const happy = [1, 0, 0, 0, 0, 0, 0, 0]
    expect(voice.styles).toEqual([
      undefined,
      { pitch: -5, rate: 1.41, emotion: happy },
      { pitch: 0, rate: 2 },
      { pitch: 0, rate: 0.5 },
    ])
  })

  it.each<[Record<string, unknown>, number, string, string]>([
    [{ model: undefined }, 400, 'model', 'missing_required_parameter'],
    [{ model: 'gpt-9' }, 404, 'model', 'model_not_found'],
    [{ input: undefined }, 400, 'input', 'missing_required_parameter'],
    [{ input: 'a'.repeat(4097) }, 400, 'input', 'string_above_max_length'],
    [{ input: ' …! ' }, 400, 'input', 'invalid_value'],
    [{ input: 7 }, 400, 'input', 'invalid_value'],
    [{ voice: undefined }, 400, 'voice', 'missing_required_parameter'],
    [{ voice: 'Alloy' }, 400, 'voice', 'invalid_value'],
    [{ voice: 'toString' }, 400, 'voice', 'invalid_value'],
    [{ voice: { id: 'voice_1234' } }, 400, 'voice', 'invalid_value'],
    [{ voice: {} }, 400, 'voice', 'invalid_value'],
    [{ response_format: 'ogg' }, 400, 'response_format', 'invalid_value'],
    [{ speed: 0.24 }, 400, 'speed', 'invalid_value'],
    [{ speed: 4.01 }, 400, 'speed', 'invalid_value'],
    [{ speed: '1' }, 400, 'speed', 'invalid_value'],
    [{ stream_format: 'audio/mpeg' }, 400, 'stream_format', 'invalid_value'],
    [{ instructions: 'a'.repeat(4097) }, 400, 'instructions', 'string_above_max_length'],
  ])('refuses $1 $2 $3', async (fields, status, param, code) => {
    const response = await (await serve(spoken())).ask(fields)
    const type = 'invalid_request_error'
    const problem = await problemOf(response)
    expect(problem).toMatchObject({ status, type, param, code })
    expect(problem.message).toMatch(/^(?:[A-Z]|[a-z_]+ (?:is missing: it )?must ).+\.(?: .+\.)?$/)
  })

  it('takes 4096 characters, also those that are two units', async () => {
    const response = await (await serve(spoken())).ask({ input: `${'😀'.repeat(4090)} Hello`.slice(-8186) })
    expect(response.status).toBe(200)
    await response.arrayBuffer()
  })

  it('refuses what is no JSON, another type, another method, too much', async () => {
    const server = await serve(spoken())
    const broken = await server.ask({}, { body: '{"model":' })
    expect(await problemOf(broken)).toMatchObject({ status: 400, type: 'invalid_request_error', param: null })
    const list = await server.ask({}, { body: '[]' })
    expect(await problemOf(list)).toMatchObject({ status: 400, message: 'The body must be a JSON object.' })
    const form = await server.ask({}, { headers: { 'content-type': 'text/plain' } })
    expect(await problemOf(form)).toMatchObject({ status: 400, code: 'unsupported_content_type' })
    const get = await fetch(`${server.url}/audio/speech`)
    expect(await problemOf(get)).toMatchObject({ status: 405, code: 'method_not_supported' })
    const large = await server.ask({ instructions: 'a'.repeat(200_000) })
    expect(await problemOf(large)).toMatchObject({ status: 413, code: 'request_too_large' })
  })

  it('refuses more than it may speak at once, and takes the next when one has ended', async () => {
    const voice = new ScriptedVoice({ sampleRate: 24_000 })
    const server = await serve(voice.catalogue, { maxRequests: 1 })
    const first = server.ask({ input: 'Wait.' })
    await voice.begins('Wait.')
    const refused = await server.ask()
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    voice.release('Wait.')
    await (await first).arrayBuffer()
    await vi.waitFor(() => expect(server.speech.running).toBe(0))
    const next = server.ask({ input: 'Wait.' })
    expect((await next).status).toBe(200)
    await (await next).arrayBuffer()
  })

  it('stops at once when its client leaves, before the first sound and after it', async () => {
    const voice = new ScriptedVoice({ sampleRate: 24_000 })
    const server = await serve(voice.catalogue)
    const early = new AbortController()
    const asked = server.ask({ input: 'Never heard.' }, { signal: early.signal })
    await voice.begins('Never heard.')
    early.abort()
    await expect(asked).rejects.toThrow()
    await vi.waitFor(() => expect(server.outcomes).toEqual(['cancelled']))
    const late = new AbortController()
    voice.release('Heard one.')
    const response = await server.ask(
      { input: 'Heard one. Never heard either.', response_format: 'pcm' },
      { signal: late.signal },
    )
    await response.body!.getReader().read()
    await voice.begins('Never heard either.')
    late.abort()
    await vi.waitFor(() => expect(server.outcomes).toEqual(['cancelled', 'cancelled']))
    expect(voice.stopped).toEqual(['Never heard.', 'Never heard either.'])
    expect([voice.open, server.speech.running, server.unexpected]).toEqual([0, 0, []])
  })

  it('makes no more for a client that does not read, and breaks off when it takes nothing for too long', async () => {
    const log = fakeLog()
    const server = await serve(endless({ log }), { stallSeconds: 0.5 })
    const body = JSON.stringify({
      model: 'tts-1',
      input: `${'a'.repeat(4000)}.`,
      voice: 'alloy',
      response_format: 'wav',
      // 4000 letters are 400 s, 27 minutes at a quarter of the half speed that a real engine would give: 38 MB.
      speed: 0.25,
    })
    const client = connect(server.port, '127.0.0.1')
    client.write(
      `POST /v1/audio/speech HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await once(client, 'readable')
    await vi.waitFor(() => expect(server.outcomes).toEqual(['cancelled']), { timeout: 20_000 })
    expect(log.made).toBeLessThan(3900)
    expect([log.open, server.speech.running]).toEqual([0, 0])
    client.on('error', () => {})
    client.destroy()
  })

  it('answers an error before the first sound, without details of those that are not its own', async () => {
    const model = await serve({
      ...spoken(),
      speech: () => Promise.reject(new ModelLoadError('The voice is damaged.')),
    })
    expect(await problemOf(await model.ask())).toEqual({
      status: 503,
      message: 'The voice is damaged.',
      type: 'server_error',
      param: null,
      code: 'model-load',
    })
    const bug = await serve({ ...spoken(), speech: () => Promise.reject(new Error('secret')) })
    expect(await problemOf(await bug.ask())).toMatchObject({
      status: 500,
      message: expect.not.stringContaining('secret') as string,
      code: null,
    })
    expect(bug.unexpected).toEqual([new Error('secret')])
  })

  it('breaks a sound off, and tells in events, when the voice fails in the middle', async () => {
    const beforeOutput = (index: number): void => {
      if (index === 30) throw new InferenceError('The voice has failed.')
    }
    const server = await serve(endless({ beforeOutput }))
    const input = 'a'.repeat(50)
    const broken = await server.ask({ input, response_format: 'pcm' })
    expect(broken.status).toBe(200)
    await expect(broken.arrayBuffer()).rejects.toThrow()
    const told = await (await server.ask({ input, response_format: 'pcm', stream_format: 'sse' })).text()
    expect(told.split('\n\n').at(-2)).toBe(
      'data: {"error":{"message":"The voice has failed.","type":"server_error","param":null,"code":"inference"}}',
    )
    expect(server.outcomes).toEqual(['failed', 'failed'])
  })

  it('stops what is being spoken when it closes, and takes no more', async () => {
    const voice = new ScriptedVoice({ sampleRate: 24_000 })
    const server = await serve(voice.catalogue)
    const asked = server.ask({ input: 'Wait.' })
    await voice.begins('Wait.')
    await server.speech.close()
    expect((await asked).status).toBe(503)
    expect((await server.ask()).status).toBe(503)
    expect(voice.open).toBe(0)
  })
})

describe('GET /v1/models', () => {
  it('lists the models, and each by itself', async () => {
    const { url } = await serve(spoken())
    const list = (await (await fetch(`${url}/models`)).json()) as { data: { id: string }[] }
    expect(list).toMatchObject({ object: 'list' })
    expect(list.data.map(({ id }) => id)).toEqual([
      'tts-1',
      'tts-1-hd',
      'gpt-4o-mini-tts',
      'gpt-4o-mini-tts-2025-12-15',
    ])
    expect(await (await fetch(`${url}/models/tts-1`)).json()).toEqual(list.data[0])
    expect(await problemOf(await fetch(`${url}/models/constructor`))).toMatchObject({ status: 404 })
  })
})
