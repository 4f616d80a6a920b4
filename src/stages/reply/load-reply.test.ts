import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../../config/load.js'
import { readEnvironment } from '../../config/environment.js'
import { ConfigError } from '../../errors.js'
import { ScriptedServer } from '../../net/fixtures/scripted-server.js'
import { loadReply } from './load-reply.js'

const KEYS = { OPENAI_API_KEY: 'sk-common\n' }

describe('loadReply', () => {
  it('is the persona while no server is named', async () => {
    const reply = await loadReply(resolveConfig())
    expect(reply.name).toBe('persona')
  })

  it('is the model at the server that is named, with the key of the environment', async () => {
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
    expect(keys).toEqual(['Bearer sk-common', 'Bearer 0451'])
    expect(answers.map(({ length }) => length)).toEqual([499, 44])
    await server.stop()
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
