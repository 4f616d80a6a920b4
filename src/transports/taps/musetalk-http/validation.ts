/** What is wrong with a request, in the words and the form of FastAPI, whose clients may look for them. */
import type { z } from 'zod'
import { InputError } from '../../../errors.js'

export interface ValidationProblem {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

/** A body that does not validate: HTTP 422. */
export class ValidationError extends InputError {
  constructor(readonly detail: readonly ValidationProblem[]) {
    super(detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '))
  }
}

const TYPES: Readonly<Record<string, readonly [type: string, words: string]>> = {
  string: ['string_type', 'string'],
  int: ['int_type', 'integer'],
  number: ['float_type', 'number'],
  boolean: ['bool_type', 'boolean'],
}

/** The message of schemas for whole numbers, whose issues do not say that a number had to be whole. */
export const WHOLE_NUMBER = 'int'

/** Longest text that is echoed. */
const LONGEST_ECHO = 200

/**
 * Reads a JSON body by a schema of plain fields.
 * @param contentType other than JSON is refused, as FastAPI does: web pages of strangers can send those
 * @throws ValidationError
 */
export function validated<T extends z.ZodType>(
  schema: T,
  text: string,
  contentType: string | undefined,
): z.output<T> {
  const body = parsedBody(text, contentType)
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new ValidationError(result.error.issues.map((issue) => problemOf(issue, body)))
}

function parsedBody(text: string, contentType = ''): object {
  if (text === '') {
    throw new ValidationError([{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }])
  }
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType)) throw notAnObject(text)
  const body = parsedJson(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw notAnObject(body)
  return body
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    const ctx = { error: 'The body is not valid JSON' }
    throw new ValidationError([
      { type: 'json_invalid', loc: ['body'], msg: 'JSON decode error', input: {}, ctx },
    ])
  }
}

function notAnObject(input: unknown): ValidationError {
  return new ValidationError([
    {
      type: 'model_attributes_type',
      loc: ['body'],
      msg: 'Input should be a valid dictionary or object to extract fields from',
      input: shown(input),
    },
  ])
}

function problemOf(issue: z.core.$ZodIssue, body: object): ValidationProblem {
  const field = String(issue.path[0])
  const value: unknown = Object.hasOwn(body, field) ? (body as Record<string, unknown>)[field] : undefined
  const loc = ['body', field]
  if (value === undefined) return { type: 'missing', loc, msg: 'Field required', input: shown(body) }
  return { loc, input: shown(value), ...complaint(issue, value) }
}

type Complaint = Pick<ValidationProblem, 'type' | 'msg' | 'ctx'>

function complaint(issue: z.core.$ZodIssue, value: unknown): Complaint {
  if (issue.code === 'invalid_type') {
    return wrongType(issue.message === WHOLE_NUMBER ? WHOLE_NUMBER : issue.expected, value)
  }
  if (issue.code === 'too_small') {
    return issue.origin === 'string' ? tooShort(Number(issue.minimum)) : tooLow(Number(issue.minimum))
  }
  if (issue.code === 'too_big') {
    return issue.origin === 'string' ? tooLong(Number(issue.maximum)) : tooHigh(Number(issue.maximum))
  }
  return { type: 'value_error', msg: issue.message }
}

function wrongType(expected: string, value: unknown): Complaint {
  if (expected === WHOLE_NUMBER && typeof value === 'number') {
    const msg = 'Input should be a valid integer, got a number with a fractional part'
    return { type: 'int_from_float', msg }
  }
  const [type, words] = TYPES[expected] ?? ['value_error', expected]
  return { type, msg: `Input should be a valid ${words}` }
}

function tooShort(min_length: number): Complaint {
  const msg = `String should have at least ${min_length} character${min_length === 1 ? '' : 's'}`
  return { type: 'string_too_short', msg, ctx: { min_length } }
}

function tooLong(max_length: number): Complaint {
  const msg = `String should have at most ${max_length} characters`
  return { type: 'string_too_long', msg, ctx: { max_length } }
}

function tooLow(ge: number): Complaint {
  return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${ge}`, ctx: { ge } }
}

function tooHigh(le: number): Complaint {
  return { type: 'less_than_equal', msg: `Input should be less than or equal to ${le}`, ctx: { le } }
}

/** Texts are cut, and of objects only the kind is shown: an answer is not to grow with what strangers send. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, LONGEST_ECHO)
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? [] : {}
}
