/** The client before a stand-in for the server, over real sockets. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { afterEach, describe, expect, it } from 'vitest'
import { resolveConfig } from '../../config/load.js'
import { readEnvironment } from '../../config/environment.js'
import type { SettingValues } from '../../config/settings.js'
import { CancelledError, ConfigError, UnavailableError } from '../../errors.js'
import { ScriptedServer } from '../../net/fixtures/scripted-server.js'
import { configuredTranscriber, type Transcriber } from './transcribe.js'

const KEY = 'sk-very-secret'
const SOUND = { samples: Float32Array.of(0, 0.5, -0.5, 1), sampleRate: 16_000 }
const { signal } = new AbortController()

const servers: ScriptedServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

type Handler = (response: ServerResponse, request: IncomingMessage, body: Buffer) => unknown

async function serving(handler: Handler, settings: SettingValues = {}): Promise<Transcriber> {
  const server = await new ScriptedServer({
    http: (request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => void handler(response, request, Buffer.concat(pieces)))
    },
  }).start()
  servers.push(server)
  const url = `http://127.0.0.1:${server.port}/v1`
  return transcriberOf({ 'hearing.transcribeUrl': url, 'hearing.apiKey': KEY, ...settings })!
}

const transcriberOf = (flags: SettingValues): Transcriber | undefined =>
  configuredTranscriber(resolveConfig({ flags }))

const answer = (value: unknown, status = 200): Handler => {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** The parts of a form by their names; a file's has its own name and type with it. */
async function partsOf(headers: IncomingHttpHeaders, body: Buffer): Promise<Map<string, Buffer>> {
  const parts = new Map<string, Buffer>()
  const parser = new Busboy({ headers: { ...headers, 'content-type': headers['content-type']! } })
  parser.on('field', (name, value) => parts.set(name, Buffer.from(value)))
  parser.on('file', (name, stream, fileName, _encoding, type) => {
    void buffer(stream).then((bytes) => parts.set(`${name}: ${fileName}, ${type}`, bytes))
  })
  parser.end(body)
  await finished(parser)
  return parts
}

describe('transcription', () => {
  it('sends a WAV, the model and the key, and gives the words', async () => {
    let form = new Map<string, Buffer>()
    let seen: unknown
    const transcriber = await serving(async (response, request, body) => {
      seen = [request.method, request.url, request.headers.authorization]
      form = await partsOf(request.headers, body)
      answer({ text: ' Good evening.\n', usage: {} })(response, request, body)
    })
    expect(await transcriber.transcribe({ ...SOUND, language: 'en' }, signal)).toBe('Good evening.')
    expect(seen).toEqual(['POST', '/v1/audio/transcriptions', `Bearer ${KEY}`])
    const text = (name: string): string | undefined => form.get(name)?.toString()
    expect([text('model'), text('response_format'), text('language')]).toEqual(['whisper-1', 'json', 'en'])
    const wav = form.get('file: utterance.wav, audio/wav')!
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF')
    expect(wav.readUInt32LE(24)).toBe(16_000)
    expect([0, 1, 2, 3].map((n) => wav.readInt16LE(44 + 2 * n))).toEqual([0, 16384, -16384, 32767])
  })

  it('is not there when no server is configured', () => {
    expect(transcriberOf({})).toBeUndefined()
  })

  it("takes the key of OpenAI's other programs to OpenAI alone, unless it has its own", () => {
    const keyIn = (url: string, environment: NodeJS.ProcessEnv): string =>
      resolveConfig({
        flags: { 'hearing.transcribeUrl': url },
        environment: readEnvironment({ OPENAI_API_KEY: 'a', ...environment }),
      }).hearing.apiKey
    expect(keyIn('https://api.openai.com/v1', {})).toBe('a')
    expect(keyIn('http://127.0.0.1:8000/v1', {})).toBe('')
    expect(keyIn('http://127.0.0.1:8000/v1', { PHIZ_HEARING_API_KEY: 'b' })).toBe('b')
  })

  it('refuses a configuration that cannot work, without showing the key', () => {
    const url = 'http://127.0.0.1:9/v1'
    const act = () =>
      transcriberOf({
        'hearing.transcribeUrl': url,
        'hearing.transcribeModel': '',
        'hearing.apiKey': 'my key',
      })
    expect(act).toThrow(ConfigError)
    expect(act).toThrow(/hearing\.transcribeModel: .*\n.*hearing\.apiKey: .* got 6 characters/)
    expect(() => transcriberOf({ 'hearing.transcribeUrl': 'ws://x' })).toThrow(
      /hearing\.transcribeUrl .*http:\/\/ URL/,
    )
  })
})

describe('a server that', () => {
  const failure = async (transcriber: Transcriber, by = signal): Promise<Error> => {
    try {
      await transcriber.transcribe(SOUND, by)
    } catch (error) {
      return error as Error
    }
    throw new Error('Expected a failure')
  }

  it('refuses is quoted, without the key that it repeats', async () => {
    const error = await failure(
      await serving(
        answer({ error: { message: `Incorrect API key: ${KEY}`, type: 'invalid_request_error' } }, 401),
      ),
    )
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error.message).toMatch(
      /^The transcription server at http:\/\/127\.0\.0\.1:\d+\/v1 refused: HTTP 401, Incorrect API key: …$/,
    )
  })

  it('says no words, or is not there, is named', async () => {
    expect((await failure(await serving(answer({ words: [] })))).message).toMatch(
      /does not keep to its protocol: in its answer to POST \/audio\/transcriptions, text: /,
    )
    const transcriber = await serving(answer({}))
    await servers.pop()!.stop()
    expect((await failure(transcriber)).message).toContain('does not answer: nothing listens there')
  })

  it('is too slow is left', async () => {
    const error = await failure(await serving(() => undefined, { 'hearing.transcribeSeconds': 1 }))
    expect(error).toMatchObject({ retryable: true })
    expect(error.message).toContain('it said nothing for 1 s')
  })

  it('is no longer needed is left at once', async () => {
    const controller = new AbortController()
    let closed: () => void = () => undefined
    const gone = new Promise<void>((resolve) => {
      closed = resolve
    })
    const transcriber = await serving((response) => {
      response.on('close', closed)
      controller.abort(new CancelledError('The user went away.'))
    })
    expect((await failure(transcriber, controller.signal)).message).toBe('The user went away.')
    await gone
  })
})
