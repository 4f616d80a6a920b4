import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../../config/load.js'
import { readEnvironment } from '../../config/environment.js'
import { ConfigError } from '../../errors.js'
import { ScriptedServer } from '../../net/fixtures/scripted-server.js'
import { loadReply } from './load-reply.js'

const KEYS = { OPENAI_API_KEY: 'sk-common\n' }

/** The key that goes to the language model at this address. */
function keyFor(url: string, own: NodeJS.ProcessEnv = {}): string {
  const environment = readEnvironment({ ...KEYS, ...own })
  return resolveConfig({ flags: { 'reply.url': url }, environment }).reply.apiKey
}

describe('loadReply', () => {
  it('is the persona while no server is named', async () => {
    const reply = await loadReply(resolveConfig())
    expect(reply.name).toBe('persona')
  })

  it('is the model at the server that is named, with its own key of the environment', async () => {
    const keys: unknown[] = []
    const server = await new ScriptedServer({
      http: (request, response) => {
        keys.push(request.headers.authorization)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(`data: {"choices":[{"delta":{"content":"${'Yes. '.repeat(100)}"}}]}\n\ndata: [DONE]\n\n`)
      },
    }).start()
    const flags = { 'reply.url': `http://127.0.0.1:${server.port}/v1`, 'reply.model': 'm' }
    const answers: string[] = []
    for (const own of [{}, { PHIZ_REPLY_API_KEY: '0451', PHIZ_SPEECH_MAX_CHARACTERS: '50' }]) {
      const config = resolveConfig({ flags, environment: readEnvironment({ ...KEYS, ...own }) })
      const reply = await loadReply(config)
      let answer = ''
      const messages = [{ role: 'user', content: 'Well?' }] as const
      for await (const piece of reply.answer(messages, new AbortController().signal)) answer += piece
      answers.push(answer)
    }
    expect(keys).toEqual([undefined, 'Bearer 0451'])
    expect(answers.map(({ length }) => length)).toEqual([499, 44])
    await server.stop()
  })

  it.each(['https://api.openai.com/v1', 'https://eu.api.openai.com/v1', 'https://API.OPENAI.COM:443'])(
    "takes OpenAI's key to %s, unless it has its own",
    (url) => {
      expect(keyFor(url)).toBe('sk-common')
      expect(keyFor(url, { PHIZ_REPLY_API_KEY: 'own' })).toBe('own')
    },
  )

  it.each([
    'http://127.0.0.1:11434/v1',
    'http://api.openai.com/v1',
    'https://api.openai.com.example.org/v1',
    'https://notapi.openai.com/v1',
    'https://example.org/api.openai.com',
    'https://api.openai.com@example.org/v1',
  ])("does not take OpenAI's key to %s", (url) => {
    expect(keyFor(url)).toBe('')
  })

  it('says what is missing', async () => {
    const config = resolveConfig({ flags: { 'reply.url': 'http://127.0.0.1:1/v1' } })
    await expect(loadReply(config)).rejects.toThrow(ConfigError)
    await expect(loadReply(config)).rejects.toThrow(/reply\.model: Expected the name of a model at http:/)
    expect(() => resolveConfig({ flags: { 'reply.url': 'localhost:11434' } })).toThrow(
      /reply\.url \(command line\): Expected the http:\/\/ URL of an OpenAI-compatible server/,
    )
  })
})
