import OpenAI from 'openai'
import { CancelledError, PhizError } from '../../../errors.js'
import { Deadline } from '../../../net/deadline.js'
import { badAnswer, noAnswer, reasonOf, refusedBy } from '../../../net/server.js'
import type { Message, Reply } from '../reply.js'
import { LengthLimit } from '../spoken/length-limit.js'
import { SpokenText } from '../spoken/spoken.js'
import { chatFetch } from './chat-fetch.js'
import type { ChatServer } from './chat-server.js'
import { readChunk, type ChatStep } from './chunk.js'
import { errorWords } from './refusal.js'

export interface OpenAIReplyOptions {
  readonly server: ChatServer
  /** Longest answer in characters, after which the connection is closed. */
  readonly maxCharacters: number
  /** Longest wait for each word after the first, in milliseconds. */
  readonly nextWordMs: number
}

/** Longest wait for the end of a connection whose answer is over, in milliseconds. */
const REST_MS = 250

/** The client's own time limit, out of the way: timers count milliseconds in 31 bits. */
const NEVER_MS = 2 ** 31 - 1

/**
 * Answers from a language model behind the OpenAI chat protocol (`POST /chat/completions`, streamed).
 *
 * - One request an answer, never repeated: somebody is waiting, and may ask again.
 * - The signal, leaving early and a full answer close the connection at once, which stops the model.
 * - Fails with UnavailableError: no connection, no word in time, a status other than 2xx (`HttpStatusError`), an error
 *   in the stream, a stream that is none or that breaks off, an answer without a word that can be said. No message
 *   holds the key.
 */
export function openaiReply({ server, maxCharacters, nextWordMs }: OpenAIReplyOptions): Reply {
  const { address, model } = server
  const client = new OpenAI({
    baseURL: `${address.url.origin}${address.url.pathname.replace(/\/$/, '')}`,
    defaultQuery: Object.fromEntries(address.url.searchParams),
    // All headers are those of `chatFetch`; the client wants to have a key, and would look for others' by itself.
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: NEVER_MS,
    fetch: chatFetch(server),
  })

  async function* steps(
    messages: readonly Message[],
    { firstWord, nextWord, rest }: Deadlines,
  ): AsyncGenerator<ChatStep, void, undefined> {
    const { signal } = rest
    let isOver = false
    try {
      const stream = await client.chat.completions.create(
        { model, messages: [...messages], stream: true },
        { signal },
      )
      for await (const chunk of stream) {
        const step = readChunk(chunk)
        if (step === undefined) throw badAnswer(server, 'a piece of its answer is no chat.completion.chunk')
        if (isOver || (!step.isAlive && step.end === undefined)) continue
        isOver = step.end !== undefined
        firstWord.pause()
        // While the words are used the model need not write.
        nextWord.pause()
        yield step
        // An answer that is read to its end leaves a connection for the next one.
        if (isOver) rest.restart()
        else nextWord.restart()
      }
    } catch (error) {
      if (isOver) return
      throw signal.aborted ? signal.reason : failureOf(error, server)
    }
    // The client takes an abort for the end of the stream.
    if (!isOver) signal.throwIfAborted()
  }

  return {
    name: `openai ${model} at ${address.shown}`,
    async *answer(messages, signal) {
      signal.throwIfAborted()
      const deadlines = answerDeadlines(server, nextWordMs, signal)
      try {
        yield* words(steps(messages, deadlines), server, maxCharacters)
      } finally {
        deadlines.rest.dispose()
        deadlines.nextWord.dispose()
        deadlines.firstWord.dispose()
      }
    },
  }
}

/** What can be said of an answer. @throws UnavailableError when that is nothing */
async function* words(
  steps: AsyncIterable<ChatStep>,
  server: ChatServer,
  maxCharacters: number,
): AsyncGenerator<string, void, undefined> {
  const spoken = new SpokenText()
  const limit = new LengthLimit(maxCharacters)
  let hasSpoken = false
  let end: string | undefined
  for await (const step of steps) {
    end = step.end
    const text = limit.take(spoken.push(step.text) + (end === undefined ? '' : spoken.flush()))
    hasSpoken ||= text !== ''
    if (text !== '') yield text
    if (limit.isReached) break
  }
  if (!hasSpoken) {
    throw badAnswer(
      server,
      `its answer holds nothing that can be said; its reason to end is "${end ?? 'stop'}"`,
    )
  }
}

/** The waits of one answer, each inside the one before; all but the first stand still at the beginning. */
interface Deadlines {
  readonly firstWord: Deadline
  readonly nextWord: Deadline
  readonly rest: Deadline
}

function answerDeadlines(server: ChatServer, nextWordMs: number, signal: AbortSignal): Deadlines {
  const firstWord = new Deadline(signal, server.timeoutMs, () => silence(server, server.timeoutMs))
  const nextWord = new Deadline(firstWord.signal, nextWordMs, () => silence(server, nextWordMs))
  const rest = new Deadline(nextWord.signal, REST_MS, () => new CancelledError())
  nextWord.pause()
  rest.pause()
  return { firstWord, nextWord, rest }
}

function silence(server: ChatServer, milliseconds: number): PhizError {
  return noAnswer(server, `it said nothing for ${Math.round(milliseconds / 100) / 10} s`)
}

/** The error behind what the client throws. */
function failureOf(error: unknown, server: ChatServer): PhizError {
  for (let at = error; at instanceof Error; at = at.cause) if (PhizError.isInstance(at)) return at
  if (error instanceof SyntaxError) return badAnswer(server, 'a piece of its answer is no JSON', error)
  if (error instanceof OpenAI.APIError && !(error instanceof OpenAI.APIConnectionError)) {
    return refusedBy(server, errorWords(error.error, server.secret) || 'it gave no reason')
  }
  return noAnswer(server, reasonOf(error), error)
}
