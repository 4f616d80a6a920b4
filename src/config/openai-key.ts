import type { Config } from './schema.js'

/**
 * OpenAI's key goes to OpenAI and nowhere else: whoever runs the server at another address must not be given a key
 * that lies in the environment for other programs.
 * @returns the configuration with `openaiApiKey` for those services of OpenAI's that have no key of their own
 */
export function withOpenaiKey(config: Config): Config {
  const { reply, hearing, openaiApiKey } = config
  const keyFor = (url: string, own: string): string => (own === '' && isOpenai(url) ? openaiApiKey : own)
  return {
    ...config,
    reply: { ...reply, apiKey: keyFor(reply.url, reply.apiKey) },
    hearing: { ...hearing, apiKey: keyFor(hearing.transcribeUrl, hearing.apiKey) },
  }
}

/** `api.openai.com`, or one of its regions such as `eu.api.openai.com`; never without encryption. */
function isOpenai(url: string): boolean {
  if (url === '') return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' && /^([\w-]+\.)?api\.openai\.com$/.test(hostname)
}
