import type { FilmOptions, FilmRequest, FilmSettings } from '../../../../stages/film/film.js'

export interface QueueOptions {
  /** Makes one film; see `FilmMaker`. */
  readonly make: (
    request: FilmRequest,
    options: Required<Pick<FilmOptions, 'signal' | 'onProgress'>>,
  ) => Promise<void>
  /** Films that are made at once. */
  readonly workers: number
  /** Jobs that may wait. */
  readonly maxWaiting: number
  /** Ended jobs that are kept; the oldest go first. */
  readonly maxKept: number
  /** Milliseconds for which an ended job is kept. */
  readonly keepMs: number
  /** The time of day in milliseconds since 1970. */
  readonly now: () => number
  /** Told what happens, for a log. */
  readonly onEvent: (event: JobEvent) => void
  /** Told of errors that are not phiz's own. */
  readonly onUnexpectedError: (error: unknown) => void
}

/** What happened to a job. Nothing of people's files is in it. */
export interface JobEvent {
  readonly event:
    | 'task.created'
    | 'task.cached'
    | 'task.resumed'
    | 'task.started'
    | 'task.completed'
    | 'task.failed'
    | 'task.interrupted'
    | 'task.removed'
  readonly task_id: string
  readonly original_task_id?: string
  readonly parameters?: FilmSettings
  readonly attempt?: number
  readonly seconds?: number
  readonly error?: string
}

/** What a new job is made of. */
export interface JobDraft {
  readonly settings: FilmSettings
  /** Uploads, which the job takes. */
  readonly image: string
  readonly audio: string
  /** What tells the same request; left out when none is the same. */
  readonly key?: string
}
