import { z } from '@hono/zod-openapi'
import type { JobState } from './jobs/job.js'

/** The wire forms of DICE-Talk's HTTP interface: what its document promises, as schemas that also make the OpenAPI. */

export const SERVICE_TITLE = 'DICE-Talk API'
export const VERSION = '1.0.0'
export const TASK_CREATED = 'Task created successfully'
export const TASK_CACHED = 'Task completed from cache'
export const TASK_FOLLOWS = 'Task created successfully; it follows a task that is the same'
export const TASK_NOT_FOUND = 'Task not found'
export const TASK_NOT_COMPLETED = 'Task not completed yet'

export const JOB_STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const

/** What a task's status says in words; that of a failed one is its reason. */
const STATUS_MESSAGES = {
  PENDING: 'Task is waiting to be processed',
  PROCESSING: 'Generating video...',
  COMPLETED: 'Video generated successfully',
} as const

export const taskPath = z.object({
  task_id: z.string().openapi({ param: { name: 'task_id', in: 'path' }, format: 'uuid' }),
})

export const startAnswer = z
  .object({
    task_id: z.string().openapi({ format: 'uuid' }),
    status: z.enum(JOB_STATUSES),
    message: z.string(),
    original_task_id: z.string().optional().openapi({
      format: 'uuid',
      description: 'The task of the same parameters and files whose film this is.',
    }),
  })
  .openapi('SynthesisTask')

const time = (description: string) =>
  z
    .string()
    .openapi({ description: `${description}, local time of the service.`, example: '2024-01-15T10:30:00' })

export const statusAnswer = z
  .object({
    task_id: z.string().openapi({ format: 'uuid' }),
    status: z.enum(JOB_STATUSES),
    progress: z.number().min(0).max(1),
    message: z.string(),
    created_at: time('When it was started'),
    updated_at: time('When it last changed'),
  })
  .openapi('SynthesisStatus')

export const healthAnswer = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    gpu_available: z.boolean(),
    model_loaded: z.boolean(),
    version: z.string(),
  })
  .openapi('SynthesisHealth')

export const errorAnswer = z
  .object({ error: z.string(), detail: z.string().optional() })
  .openapi('SynthesisError')

export function statusOf(job: JobState): z.output<typeof statusAnswer> {
  return {
    task_id: job.id,
    status: job.status,
    progress: job.progress,
    message: job.status === 'FAILED' ? job.reason : STATUS_MESSAGES[job.status],
    created_at: localTime(job.createdAt),
    updated_at: localTime(job.updatedAt),
  }
}

/** ISO 8601 to the second and without a zone, which its readers take for their local time: `2024-01-15T10:30:00`. */
export function localTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
