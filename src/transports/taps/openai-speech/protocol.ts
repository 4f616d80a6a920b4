import { z } from '@hono/zod-openapi'
import { AUDIO_STREAM_FORMATS } from '../../../media/audio-stream/formats.js'
import { countCharacters, checkText } from '../../../stages/text/limit.js'
import { RequestError } from './problems.js'
import { VOICE_NAMES, type VoiceName } from './voices.js'

/** The wire forms of OpenAI's speech endpoint, as schemas that also make the OpenAPI. */

/** Characters of `input` and of `instructions`. */
export const MAX_INPUT = 4096
/** Bytes of a body: both texts with every character escaped as two surrogates, and room for the rest. */
export const MAX_BODY_BYTES = 128 * 1024

/** Names of OpenAI's models. All of them stand for the voice that the line speaks with. */
export const MODELS = ['tts-1', 'tts-1-hd', 'gpt-4o-mini-tts', 'gpt-4o-mini-tts-2025-12-15'] as const

const SPEED_PROBLEM = 'must be a number from 0.25 to 4'

const voice = z
  .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)], {
    error: `must be the name of a voice: ${VOICE_NAMES.join(', ')}`,
  })
  .openapi({
    type: 'string',
    enum: [...VOICE_NAMES],
    description:
      "A variation of this server's own voice in pitch and pace; not the voice of that name at OpenAI.",
  })

const text = (problem: string) =>
  z.string(problem).refine((value) => countCharacters(value) <= MAX_INPUT, {
    error: `must have at most ${MAX_INPUT} characters`,
    params: { code: 'string_above_max_length' },
  })

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` })
}

export const speechBody = z
  .object({
    model: z.string('must be the name of a model').openapi({ type: 'string', enum: [...MODELS] }),
    input: text('must be the text to speak').openapi({ minLength: 1, maxLength: MAX_INPUT }),
    voice,
    instructions: text('must be a text').nullish().openapi({
      maxLength: MAX_INPUT,
      description: 'An emotion that it names colours the voice; the rest is ignored.',
    }),
    response_format: oneOf(AUDIO_STREAM_FORMATS).nullish().openapi({ default: 'mp3' }),
    speed: z
      .number(SPEED_PROBLEM)
      .min(0.25, SPEED_PROBLEM)
      .max(4, SPEED_PROBLEM)
      .nullish()
      .openapi({ default: 1, description: 'Pace; the pitch stays.' }),
    stream_format: oneOf(['audio', 'sse']).nullish().openapi({ default: 'audio' }),
  })
  .openapi('CreateSpeechRequest')

/** A request that can be served. */
export interface SpeechRequest {
  readonly input: string
  readonly voice: VoiceName
  readonly instructions: string
  readonly format: (typeof AUDIO_STREAM_FORMATS)[number]
  readonly speed: number
  readonly events: boolean
}

/**
 * Reads a body.
 * @throws RequestError naming the first field that does not fit
 */
export function speechRequest(body: unknown): SpeechRequest {
  const result = speechBody.safeParse(body)
  if (!result.success) throw problemOf(result.error, body)
  const {
    model,
    input,
    voice: name,
    instructions,
    response_format: format,
    speed,
    stream_format,
  } = result.data
  if (!(MODELS as readonly string[]).includes(model)) {
    throw new RequestError(`The model \`${model}\` does not exist; there are ${MODELS.join(', ')}.`, {
      status: 404,
      param: 'model',
      code: 'model_not_found',
    })
  }
  if (!isVoice(name)) {
    throw new RequestError(`There is no voice "${name}"; there are ${VOICE_NAMES.join(', ')}.`, {
      param: 'voice',
      code: 'invalid_value',
    })
  }
  checkInput(input)
  return {
    input,
    voice: name,
    instructions: instructions ?? '',
    format: format ?? 'mp3',
    speed: speed ?? 1,
    events: stream_format === 'sse',
  }
}

function isVoice(name: string): name is VoiceName {
  return (VOICE_NAMES as readonly string[]).includes(name)
}

function checkInput(input: string): void {
  try {
    checkText(input, MAX_INPUT)
  } catch (error) {
    throw new RequestError(error instanceof Error ? error.message : '', {
      param: 'input',
      code: 'invalid_value',
    })
  }
}

function problemOf({ issues }: z.ZodError, body: unknown): RequestError {
  const { path, message, ...issue } = issues[0]!
  const [field] = path
  if (typeof field !== 'string') return new RequestError('The body must be a JSON object.')
  const isMissing = !(field in (body as object))
  const told = issue.code === 'custom' ? (issue.params?.['code'] as string) : 'invalid_value'
  return new RequestError(isMissing ? `${field} is missing: it ${message}.` : `${field} ${message}.`, {
    param: field,
    code: isMissing ? 'missing_required_parameter' : told,
  })
}

/** The tail of a stream of events. Tokens are what OpenAI would count, about. */
export interface Usage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly total_tokens: number
}

/** Bytes of text that a token stands for, about. */
const BYTES_PER_TOKEN = 4
/** OpenAI's prices of gpt-4o-mini-tts: 12 dollars a million audio tokens, 0.015 dollars a minute. */
const TOKENS_PER_SECOND = 1250 / 60

/** @param seconds of sound */
export function usageOf({ input, instructions }: SpeechRequest, seconds: number): Usage {
  const bytes = Buffer.byteLength(input) + Buffer.byteLength(instructions)
  const inputTokens = Math.ceil(bytes / BYTES_PER_TOKEN)
  const outputTokens = Math.ceil(seconds * TOKENS_PER_SECOND)
  return { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens }
}
