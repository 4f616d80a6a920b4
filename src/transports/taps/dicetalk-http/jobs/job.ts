import { z } from 'zod'
import { FILM_EMOTIONS, type FilmSettings } from '../../../../stages/film/film.js'

/** Version of what is written of a job. A service reads its own version only. */
export const JOB_FORMAT = 1

const settings = z.strictObject({
  emotion: z.enum(FILM_EMOTIONS),
  refScale: z.number(),
  emoScale: z.number(),
  crop: z.boolean(),
  inferenceSteps: z.number(),
  duration: z.number().exactOptional(),
  fps: z.number(),
  seed: z.number(),
  dynamicScale: z.number(),
  minResolution: z.number(),
  expandRatio: z.number(),
}) satisfies z.ZodType<FilmSettings>

const jobRecord = z.strictObject({
  format: z.literal(JOB_FORMAT),
  id: z.uuid(),
  status: z.enum(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
  /** None where nobody will make a film of it: it takes another's, or its record was found damaged. */
  settings: settings.exactOptional(),
  /** What tells the same request, by parameters and content; none when its seed was random. */
  key: z.string().exactOptional(),
  /** The job whose film this one takes, instead of making its own. */
  original: z.uuid().exactOptional(),
  /** How often it was begun. */
  attempts: z.int().min(0),
  /** Milliseconds since 1970. No two jobs have the same, so that they stay in order. */
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Why it failed; empty otherwise. */
  reason: z.string(),
})

/** What is written of a job. */
export type JobRecord = Readonly<z.output<typeof jobRecord>>
export type JobStatus = JobRecord['status']

/** What is told of a job. */
export interface JobState extends Pick<JobRecord, 'id' | 'status' | 'createdAt' | 'updatedAt' | 'reason'> {
  /** 0–1. */
  readonly progress: number
  readonly original?: string
}

/** Whether a name can be a job's. */
export function isJobId(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)
}

export function isEnded({ status }: JobRecord): boolean {
  return status === 'COMPLETED' || status === 'FAILED'
}

export function formatJob(record: JobRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`
}

/** Reads {@link formatJob}'s text; undefined when it is damaged, or of another version. */
export function parseJob(text: string): JobRecord | undefined {
  try {
    return jobRecord.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
