import { z } from 'zod'
import { STREAMS, type ClientMessage } from '../../client/protocol.js'
import { EMOTION_NAMES, EMOTIONS } from '../../stages/expression/emotion.js'

/** What a client sent that cannot be done: an `error` event's fields. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly field?: string
}

export type Request = { readonly message: ClientMessage } | { readonly refusal: Refusal }

/** The words for a value that does not fit. */
export const must = (what: string): { readonly error: string } => ({ error: `it must be ${what}` })
const within = (low: number, high: number): z.ZodNumber => {
  const rule = must(`a number from ${low} to ${high}`)
  return z.number(rule).min(low, rule).max(high, rule)
}
const wholeWithin = (low: number, high: number) => {
  const rule = must(`a whole number from ${low} to ${high}`)
  return z.number(rule).int(rule).min(low, rule).max(high, rule)
}

const textOf = <Type extends 'say' | 'ask'>(type: Type) =>
  z.strictObject({ type: z.literal(type), text: z.string(must('a text')) })

const emotionRule = must(
  `null, one of ${EMOTION_NAMES.join(', ')}, or ${EMOTIONS.length} numbers from 0 to 1`,
)

/** The settings that a request may change. */
export const settingFields = {
  avatar: z.string(must('the id of an avatar, or null')).max(256).nullable().exactOptional(),
  voice: z
    .strictObject(
      { rate: within(0.5, 2).exactOptional(), pitch: within(-12, 12).exactOptional() },
      must('an object with rate and pitch'),
    )
    .exactOptional(),
  emotion: z
    .union(
      [z.null(), z.enum(EMOTION_NAMES), z.array(z.number().min(0).max(1)).length(EMOTIONS.length)],
      emotionRule,
    )
    .exactOptional(),
  quality: wholeWithin(10, 95).exactOptional(),
  fps: within(8, 60).exactOptional(),
  size: wholeWithin(128, 1024).exactOptional(),
  idle: z.boolean(must('true or false')).exactOptional(),
  streams: z
    .array(z.enum(STREAMS, must(`one of ${STREAMS.join(', ')}`)), must('a list'))
    .min(1, must(`at least one of ${STREAMS.join(', ')}`))
    .max(STREAMS.length, must(`at most ${STREAMS.length}`))
    .exactOptional(),
}

const messageSchema = z.discriminatedUnion(
  'type',
  [
    textOf('say'),
    textOf('ask'),
    z.strictObject({ type: z.literal('interrupt') }),
    z.strictObject({
      type: z.literal('playhead'),
      turn: wholeWithin(1, 2 ** 32 - 1),
      timestamp: wholeWithin(0, Number.MAX_SAFE_INTEGER),
    }),
    z.strictObject({
      type: z.literal('set'),
      ...settingFields,
    }),
    z.strictObject({ type: z.literal('record'), action: z.enum(['start', 'stop'], must('start or stop')) }),
  ],
  must('one of say, ask, interrupt, playhead, set, record'),
)

/** Reads what a client says. Never throws: what is wrong is said in the result, in the words for the client. */
export function parseRequest(text: string): Request {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refused('protocol', `A message is ${quoted(text)}; it must be JSON.`)
  }
  const parsed = messageSchema.safeParse(value)
  return parsed.success ? { message: parsed.data } : { refusal: problemOf(parsed.error, value, 'A message') }
}

/**
 * The first thing that is wrong with a value, in the words for the client.
 * @param whole what the value is, to begin a sentence with
 */
export function problemOf({ issues: [issue] }: z.ZodError, value: unknown, whole: string): Refusal {
  if (issue === undefined || (issue.path.length === 0 && issue.code === 'invalid_type')) {
    return refused('protocol', `${whole} is ${quoted(value)}; it must be a JSON object.`).refusal
  }
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0]].join('.').slice(0, QUOTED_CHARACTERS)
    return { code: 'invalid-input', message: `${field} is unknown here; leave it out.`, field }
  }
  const field = issue.path.join('.')
  const found = issue.path.reduce<unknown>(
    (inside, key) => (inside as Readonly<Record<PropertyKey, unknown>>)[key],
    value,
  )
  return { code: 'invalid-input', message: `${field} is ${quoted(found)}; ${issue.message}.`, field }
}

function refused(code: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message } }
}

/** Most characters of a client's own words that an error repeats. */
const QUOTED_CHARACTERS = 80

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : jsonOf(value)
  return text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text
}

function jsonOf(value: unknown): string {
  try {
    return value === undefined ? 'missing' : JSON.stringify(value)
  } catch {
    // What can be read can still be too deep to be written.
    return 'deeply nested'
  }
}
