import { remoteAddress, type RemoteServer } from '../../../net/server.js'
import { ConfigError } from '../../../errors.js'

/** An OpenAI-compatible server and the model there that answers. */
export interface ChatServer extends RemoteServer {
  readonly model: string
  /** What is in no message, wherever a server repeats it. */
  readonly secret: string
}

export interface ChatServerOptions {
  /** Address as people give it: `http://127.0.0.1:11434/v1`, or that of the endpoint itself. */
  readonly url: string
  readonly model: string
  /** Empty: none is sent. A key in the address comes first. */
  readonly apiKey: string
  /** Longest wait for the first word, in milliseconds. */
  readonly timeoutMs: number
}

/** Characters that a header can carry (RFC 9110, field values) and that a key has. */
const KEY = /^[\x21-\x7e]{0,4096}$/

/** @throws ConfigError when the model's name is missing, or when the key cannot be one; the message does not hold it */
export function chatServer({ url, model, apiKey, timeoutMs }: ChatServerOptions): ChatServer {
  const problems: string[] = []
  if (model === '') problems.push(`reply.model: Expected the name of a model at ${remoteAddress(url).shown}`)
  if (!KEY.test(apiKey)) {
    problems.push(
      `reply.apiKey: Expected a key of at most 4096 ASCII characters without spaces, got ${apiKey.length} characters`,
    )
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const address = remoteAddress(url.replace(/\/chat\/completions\/?(?=$|\?)/, ''))
  const ownHeaders = apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }
  return {
    does: 'reply',
    address: { ...address, headers: { ...ownHeaders, ...address.headers } },
    timeoutMs,
    model,
    secret: (address.headers['authorization'] ?? apiKey).replace(/^\w+ /, ''),
  }
}
