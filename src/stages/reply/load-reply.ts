import type { Config } from '../../config/schema.js'
import { personaReply } from './persona/persona.js'
import type { Reply } from './reply.js'

/**
 * Who answers, as the configuration says: the language model at `reply.url`, or the scripted persona. Nothing is
 * connected to before the first answer.
 * @throws ConfigError when the server's settings cannot work
 */
export async function loadReply({ reply, speech }: Pick<Config, 'reply' | 'speech'>): Promise<Reply> {
  const { url, model, apiKey } = reply
  if (url === '') return personaReply()
  // The client's library takes a tenth of a second to load, which only they wait for who use it.
  const [{ chatServer }, { openaiReply }] = await Promise.all([
    import('./openai/chat-server.js'),
    import('./openai/openai-reply.js'),
  ])
  return openaiReply({
    server: chatServer({ url, model, apiKey, timeoutMs: reply.firstWordSeconds * 1000 }),
    // A longer answer would be refused by speech.
    maxCharacters: Math.min(reply.maxCharacters, speech.maxCharacters),
    nextWordMs: reply.nextWordSeconds * 1000,
  })
}
