import { HttpStatusError } from '../../../net/http.js'
import { quoted } from '../../../net/server.js'
import type { ChatServer } from './chat-server.js'

/**
 * The error for a status other than 2xx.
 * @param body the answer's beginning, as text
 * @param location where a redirect leads
 */
export function refusal(
  server: ChatServer,
  status: number,
  body: string,
  location: string | null,
): HttpStatusError {
  const told = wordsOf(body, server)
  const retryable = status === 408 || status === 429 || status >= 500
  return new HttpStatusError(server, status, explain(server, status, told, location), retryable)
}

function explain(
  { model, address }: ChatServer,
  status: number,
  told: string,
  location: string | null,
): string {
  if (status >= 300 && status < 400) {
    return `a redirect${location === null ? '' : ` to ${quoted(location)}`}. Name that address instead.`
  }
  switch (status) {
    // A server's words about a key may hold it.
    case 401:
    case 403:
      return 'the key is missing or not right. PHIZ_REPLY_API_KEY sets it; OPENAI_API_KEY is for api.openai.com alone.'
    case 404:
    case 405:
      return (
        `${told === '' ? 'there is no such page' : told}. ` +
        `Is the model "${model}" there, and does the address end in /v1? It is ${address.shown}`
      )
    case 429:
      return `too many requests, or the account is used up${told === '' ? '.' : `: ${told}`}`
    default:
      return told
  }
}

/** What the services say: `{"error": {"message"}}`, `{"error"}`, `{"message"}` or `{"detail"}`. A page stays unsaid. */
function wordsOf(body: string, server: ChatServer): string {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return ''
  }
  return errorWords(value, server.secret)
}

/**
 * The words of an error that a server reports as JSON, on one short line, without its key.
 * @returns empty where it says nothing
 */
export function errorWords(value: unknown, secret: string): string {
  for (let at = value, depth = 0; depth < 3; depth += 1) {
    if (typeof at === 'string')
      return quoted(secret === '' ? at : at.replaceAll(secret, '…')).replace(/\.$/, '')
    if (typeof at !== 'object' || at === null) return ''
    const { error, message, detail } = at as Record<string, unknown>
    at = error ?? message ?? detail
  }
  return ''
}
