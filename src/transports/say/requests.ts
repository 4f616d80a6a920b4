import { z } from 'zod'
import type { SettingChange, StreamName } from '../../client/protocol.js'
import { InputError } from '../../errors.js'
import { must, problemOf, settingFields } from '../converse/requests.js'

/** The wire forms of `/v1/say` and `/v1/ask`, as schemas that also make the OpenAPI. */

/** Forms of an answer. */
const FORMATS = ['multipart', 'mp4', 'wav'] as const
export type AnswerFormat = (typeof FORMATS)[number]

/** What each form is made of; a multipart answer says by itself what it wants. */
const STREAMS_OF: Readonly<Record<Exclude<AnswerFormat, 'multipart'>, readonly StreamName[]>> = {
  mp4: ['audio', 'frames'],
  wav: ['audio'],
}

/** Bytes of a body: the longest text with every character escaped many times over, as a message of a conversation. */
export const MAX_BODY_BYTES = 512 * 1024

/** Messages before the question; of them, as many are told to the model as a conversation keeps. */
const MOST_MESSAGES = 1000

export const sayBody = z
  .strictObject({
    text: z.string(must('a text')).describe('What is said.'),
    ...settingFields,
    format: z
      .enum(FORMATS, must(`one of ${FORMATS.join(', ')}`))
      .describe('Default: what `Accept` wants, else multipart.')
      .exactOptional(),
  })
  // What a face does between turns.
  .omit({ idle: true })

const message = z.strictObject({
  role: z.enum(['user', 'assistant'], must('user or assistant')),
  content: z.string(must('a text')),
})

export const askBody = sayBody.extend({
  text: z.string(must('a text')).describe('What is asked.'),
  messages: z
    .array(message, must('a list of messages'))
    .max(MOST_MESSAGES, must(`at most ${MOST_MESSAGES} messages`))
    .describe('The conversation before the question, oldest first.')
    .exactOptional(),
})

/** One message before the question. */
export type PastMessage = z.infer<typeof message>

/** A request whose fields are in order. */
export interface TurnRequest {
  readonly text: string
  readonly messages: readonly PastMessage[]
  readonly format: AnswerFormat
  /** What differs from the server's own settings. */
  readonly change: SettingChange
}

/**
 * Reads a body.
 * @param accept the header, for a body that does not name its format
 * @throws InputError naming the first field that does not fit
 */
export function turnRequest(body: unknown, source: 'say' | 'ask', accept: string | undefined): TurnRequest {
  const schema: z.ZodType<z.infer<typeof sayBody> & { readonly messages?: readonly PastMessage[] }> =
    source === 'say' ? sayBody : askBody
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw new InputError(problemOf(parsed.error, body, 'The body').message)
  const { text, messages = [], format = formatOf(accept), ...change } = parsed.data
  if (format === 'multipart') return { text, messages, format, change }
  if (change.streams !== undefined) {
    throw new InputError(`streams is ${JSON.stringify(change.streams)}; leave it out with format ${format}.`)
  }
  return { text, messages, format, change: { ...change, streams: STREAMS_OF[format] } }
}

/** The first type of an `Accept` header (RFC 9110) that is one of the forms; anything else is answered as multipart. */
function formatOf(accept = ''): AnswerFormat {
  for (const range of accept.split(',')) {
    const type = range.split(';', 1)[0]!.trim().toLowerCase()
    if (type === 'multipart/mixed' || type === '*/*') return 'multipart'
    if (type === 'video/mp4') return 'mp4'
    if (type === 'audio/wav' || type === 'audio/x-wav') return 'wav'
  }
  return 'multipart'
}
