import { randomInt } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { InputError } from '../../../errors.js'
import { FILM_EMOTIONS, type FilmSettings } from '../../../stages/film/film.js'
import { FILM_RANGES } from '../../../stages/film/settings.js'
import { UploadedFile } from '../../http/uploaded-file.js'

/** A request that has not the form it must have: HTTP 422. One whose values are not allowed is an InputError: 400. */
export class FormatError extends InputError {}

interface Range {
  readonly least: number
  readonly most: number
  readonly whole?: true
}

/** Decimal numbers as programs print them: `3`, `-0.5`, `1e-3`. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** A number arrives in a form as text; a whole one may have a fraction of zero, as Python prints it. */
function numberText({ least, most, whole }: Range, description: string) {
  const kind = whole ? 'a whole number' : 'a number'
  const problem = `must be ${kind} from ${least} to ${most}`
  const number = (whole ? z.int(problem) : z.number(problem)).min(least, problem).max(most, problem)
  return z
    .string(problem)
    .regex(NUMBER, problem)
    .transform(Number)
    .pipe(number)
    .openapi({ type: whole ? 'integer' : 'number', minimum: least, maximum: most, description })
}

const EMOTION_PROBLEM = `Invalid emotion type. Allowed types: [${FILM_EMOTIONS.map((e) => `'${e}'`).join(', ')}]`

function upload(description: string) {
  return z
    .custom<UploadedFile>((value) => value instanceof UploadedFile, { error: 'must be an uploaded file' })
    .openapi({ type: 'string', format: 'binary', description })
}

/** The form of `POST /api/v1/synthesis/start`. A field that is sent empty counts as left out. */
export const startForm = z
  .object({
    image: upload('A portrait, JPEG or PNG, at most 10 MB.'),
    audio: upload('Speech, WAV or MP3, at most 50 MB.'),
    emotion: z.enum(FILM_EMOTIONS, {
      error: ({ input }) => (input === undefined ? 'must be given' : EMOTION_PROBLEM),
    }),
    ref_scale: numberText(FILM_RANGES.refScale, 'How closely the film keeps to the portrait.').default(3),
    emo_scale: numberText(FILM_RANGES.emoScale, 'How strongly voice and emotion move the face.').default(6),
    crop: z
      .stringbool({ error: 'must be true or false' })
      .default(false)
      .openapi({ type: 'boolean', default: false, description: 'Cut the picture to the face.' }),
    inference_steps: numberText(FILM_RANGES.inferenceSteps, 'Steps of a diffusion engine.').default(20),
    duration: numberText(FILM_RANGES.duration, 'Seconds; left out, as long as the sound.').optional(),
    fps: numberText(FILM_RANGES.fps, 'Frames a second.').default(24),
    seed: numberText(FILM_RANGES.seed, 'Left out, a random one.').optional(),
    dynamic_scale: numberText(FILM_RANGES.dynamicScale, 'How much head and face move.').default(1),
    min_resolution: numberText(FILM_RANGES.minResolution, "Pixels of the film's shorter side.").default(256),
    expand_ratio: numberText(FILM_RANGES.expandRatio, 'What a crop keeps around the face.').default(0.5),
  })
  .openapi('SynthesisForm')

export interface StartRequest {
  readonly image: UploadedFile
  readonly audio: UploadedFile
  readonly settings: FilmSettings
  /** Whether the seed was given: then, and only then, the same request means the same film. */
  readonly isRepeatable: boolean
}

/**
 * Reads the fields of a form.
 * @throws FormatError for what is missing or of another kind, InputError for what is out of its range
 */
export function startRequest(fields: Readonly<Record<string, unknown>>): StartRequest {
  const given = Object.entries(fields).filter(([, value]) => value !== '')
  const result = startForm.safeParse(Object.fromEntries(given))
  if (!result.success) throw problemOf(result.error.issues, fields)
  const { image, audio, duration, seed, ...form } = result.data
  return {
    image,
    audio,
    isRepeatable: seed !== undefined,
    settings: {
      emotion: form.emotion,
      refScale: form.ref_scale,
      emoScale: form.emo_scale,
      crop: form.crop,
      inferenceSteps: form.inference_steps,
      ...(duration !== undefined && { duration }),
      fps: form.fps,
      seed: seed ?? randomInt(FILM_RANGES.seed.most + 1),
      dynamicScale: form.dynamic_scale,
      minResolution: form.min_resolution,
      expandRatio: form.expand_ratio,
    },
  }
}

/** Issues that speak of a value rather than of its form. */
const VALUE_ISSUES = new Set(['too_small', 'too_big', 'invalid_value'])

function problemOf(
  issues: readonly z.core.$ZodIssue[],
  fields: Readonly<Record<string, unknown>>,
): InputError {
  const text = issues
    .map(({ path, message }) => (message === EMOTION_PROBLEM ? message : `${path.join('.')} ${message}`))
    .join('; ')
  const isOfValues = issues.every(
    ({ code, path }) => VALUE_ISSUES.has(code) && typeof fields[String(path[0])] === 'string',
  )
  return isOfValues ? new InputError(text) : new FormatError(text)
}
