/**
 * The queue of films. One class, although long: who waits, who works, who follows whom and what is written of it have
 * to change together.
 */
import { randomUUID } from 'node:crypto'
import { CancelledError, InputError, OverloadError, UnavailableError } from '../../../../errors.js'
import { Serial } from '../../../../media/serial.js'
import { errorBody } from '../../../errors.js'
import { isEnded, JOB_FORMAT, type JobRecord, type JobState } from './job.js'
import type { FoundJob, JobFiles } from './job-files.js'
import type { JobDraft, QueueOptions } from './queue-options.js'

/** How often a job is begun before it is given up: what ends the process may do it again. */
const MAX_ATTEMPTS = 2

const TWICE_STOPPED = `The service ended ${MAX_ATTEMPTS} times while it worked on this task.`
const ORIGINAL_GONE = 'The task that this one was waiting for is gone; start it again.'
const RESULT_GONE = 'The video of this task is gone; start it again.'
const CANCELLED = 'The task was cancelled.'
const RECORD_DAMAGED = 'The record of this task is damaged; start it again.'

/** A job in memory. */
interface Job {
  record: JobRecord
  progress: number
  /** When its progress last moved. */
  movedAt: number
  /** The jobs that take its film when it is there. */
  readonly followers: Job[]
  /** Stops its work alone. */
  readonly cancelled: AbortController
}

/**
 * Films to be made, in the order they came, a few at a time. What is told of a job is on the disk before: a job that
 * was accepted is neither lost nor forgotten when the process is killed. Jobs that waited then wait again, those that
 * were worked on are begun again, and ended ones stay as they are.
 */
export class JobQueue {
  readonly #files: JobFiles
  readonly #options: QueueOptions
  readonly #jobs = new Map<string, Job>()
  readonly #byKey = new Map<string, Job>()
  readonly #waiting: Job[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #changes = new Serial()
  readonly #stop = new AbortController()
  #lastCreated = 0

  private constructor(files: JobFiles, options: QueueOptions) {
    this.#files = files
    this.#options = options
  }

  /**
   * Takes up the jobs of a folder, and begins to work. One process at a time may have a folder.
   * @throws what the file system refuses
   */
  static async open(files: JobFiles, options: QueueOptions): Promise<JobQueue> {
    const queue = new JobQueue(files, options)
    await files.prepare()
    await queue.#restore(await files.load())
    await queue.sweep()
    queue.#startMore()
    return queue
  }

  /** Jobs that neither work nor have ended. */
  get waiting(): number {
    let count = this.#waiting.length
    for (const { followers } of this.#jobs.values()) count += followers.length
    return count
  }

  /** What is to be told of a job; undefined when there is none, or none any more. */
  get(id: string): JobState | undefined {
    const job = this.#jobs.get(id)
    return job === undefined || this.#isExpired(job) ? undefined : this.#stateOf(job)
  }

  /** Where the film of a job is, once it is completed. */
  resultOf(id: string): string {
    return this.#files.result(id)
  }

  /** @throws OverloadError when a new job would have to wait behind as many as may */
  refuseWhenFull(): void {
    if (this.#running.size === this.#options.workers) this.#refuseWaiting()
  }

  /**
   * Takes a new job, and its uploads with it. Where the same was asked for before, it takes the film of that job
   * instead: at once, or when it is made.
   * @throws OverloadError when too many wait, UnavailableError when the queue is closed
   */
  add(draft: JobDraft): Promise<JobState> {
    return this.#changes.run(async () => {
      if (this.#stop.signal.aborted) throw new UnavailableError('The service is stopping.')
      return this.#stateOf((await this.#follow(draft)) ?? (await this.#create(draft)))
    })
  }

  /**
   * Ends a job that is not wanted any more: it fails, at once or when its engine has stopped. One that has ended stays
   * as it is, and one whose film others wait for is made all the same.
   * @returns what is to be told of it; undefined when there is none
   */
  cancel(id: string): Promise<JobState | undefined> {
    return this.#changes.run(async () => {
      const job = this.#jobs.get(id)
      if (job !== undefined && !isEnded(job.record) && job.followers.length === 0) await this.#cancel(job)
      return this.get(id)
    })
  }

  /** Removes the jobs whose time is over. */
  sweep(): Promise<void> {
    return this.#changes.run(async () => {
      const ended = [...this.#jobs.values()].filter(({ record }) => isEnded(record))
      const excess = ended.length - this.#options.maxKept
      ended.sort((a, b) => a.record.updatedAt - b.record.updatedAt)
      for (const [index, job] of ended.entries()) {
        if (index < excess || this.#isExpired(job)) await this.#remove(job)
      }
    })
  }

  /** Stops the work, which goes on when the folder is opened again; resolves when it has really ended. */
  async close(): Promise<void> {
    this.#stop.abort(new CancelledError('The service is stopping.'))
    await Promise.all(this.#running)
    await this.#changes.run(() => Promise.resolve())
  }

  async #restore(found: readonly FoundJob[]): Promise<void> {
    const entries = found.map(({ id, record, writtenAt }) => ({
      isDamaged: record === undefined,
      record: record ?? this.#newRecord({ id, createdAt: writtenAt, updatedAt: writtenAt }),
    }))
    entries.sort((a, b) => a.record.createdAt - b.record.createdAt)
    // Originals came before those that follow them, so they are found by then.
    for (const { record, isDamaged } of entries) {
      const job = this.#keep(record)
      await this.#files.tidy(record.id, { keepUploads: !isEnded(record) })
      if (isDamaged) await this.#end(job, RECORD_DAMAGED, record.updatedAt)
      else if (record.status === 'COMPLETED') await this.#checkResult(job)
      else if (!isEnded(record)) await this.#resume(job)
    }
  }

  async #checkResult(job: Job): Promise<void> {
    if (!(await this.#files.hasResult(job.record.id))) await this.#end(job, RESULT_GONE)
  }

  async #resume(job: Job): Promise<void> {
    const { id, original, attempts, status } = job.record
    this.#options.onEvent({ event: 'task.resumed', task_id: id })
    // The film appears under its name when it is whole; only the word that it is there had not been written.
    if (await this.#files.hasResult(id)) return this.#end(job)
    if (original !== undefined) return this.#resumeFollower(job, this.#jobs.get(original))
    if (attempts >= MAX_ATTEMPTS) return this.#end(job, TWICE_STOPPED)
    if (status !== 'PENDING') await this.#write(job, { status: 'PENDING' })
    this.#waiting.push(job)
  }

  async #resumeFollower(job: Job, original: Job | undefined): Promise<void> {
    if (original === undefined) return this.#end(job, ORIGINAL_GONE)
    if (!isEnded(original.record)) original.followers.push(job)
    else await this.#settleFollower(job, original)
  }

  /** Lets a new job have the film of one that is the same, if there is one. */
  async #follow({ key }: JobDraft): Promise<Job | undefined> {
    const original = key === undefined ? undefined : this.#byKey.get(key)
    if (original === undefined || this.#isExpired(original)) return undefined
    const source = original.record.id
    if (original.record.status === 'COMPLETED') {
      const record = this.#newRecord({ status: 'COMPLETED', original: source })
      try {
        await this.#files.createWithResult(record, source)
      } catch (error) {
        // Somebody has removed the film.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        this.#byKey.delete(key!)
        return undefined
      }
      this.#options.onEvent({ event: 'task.cached', task_id: record.id, original_task_id: source })
      return this.#keep(record)
    }
    // Even while a worker is free: this one waits for another.
    this.#refuseWaiting()
    const record = this.#newRecord({ original: source })
    await this.#files.create(record)
    this.#options.onEvent({ event: 'task.created', task_id: record.id, original_task_id: source })
    const job = this.#keep(record)
    // The original may have ended while the record was written.
    await this.#resumeFollower(job, original)
    return job
  }

  async #create({ settings, image, audio, key }: JobDraft): Promise<Job> {
    this.refuseWhenFull()
    const record = this.#newRecord({ settings, ...(key !== undefined && { key }) })
    await this.#files.create(record, { image, audio })
    this.#options.onEvent({ event: 'task.created', task_id: record.id, parameters: settings })
    const job = this.#keep(record)
    this.#waiting.push(job)
    this.#startMore()
    return job
  }

  async #cancel(job: Job): Promise<void> {
    const { key, original } = job.record
    job.cancelled.abort(new CancelledError(CANCELLED))
    // Nobody is to wait for it from here on.
    if (key !== undefined && this.#byKey.get(key) === job) this.#byKey.delete(key)
    const leader = original === undefined ? undefined : this.#jobs.get(original)
    // One that is worked on is in neither line, and ends with its work.
    for (const line of [this.#waiting, leader?.followers ?? []]) {
      const place = line.indexOf(job)
      if (place === -1) continue
      line.splice(place, 1)
      await this.#end(job, CANCELLED)
    }
  }

  #refuseWaiting(): void {
    const { maxWaiting } = this.#options
    if (this.waiting < maxWaiting) return
    throw new OverloadError(`${maxWaiting} tasks are waiting, as many as may; try again later.`)
  }

  #startMore(): void {
    while (this.#running.size < this.#options.workers && !this.#stop.signal.aborted) {
      const job = this.#waiting.shift()
      if (job === undefined) return
      const end = this.#work(job)
        .catch(this.#options.onUnexpectedError)
        .finally(() => {
          this.#running.delete(end)
          this.#startMore()
        })
      this.#running.add(end)
    }
  }

  async #work(job: Job): Promise<void> {
    const { id, settings } = job.record
    const attempt = job.record.attempts + 1
    const startedAt = this.#options.now()
    const signal = AbortSignal.any([this.#stop.signal, job.cancelled.signal])
    let failure: string | undefined
    try {
      await this.#write(job, { status: 'PROCESSING', attempts: attempt })
      signal.throwIfAborted()
      this.#options.onEvent({ event: 'task.started', task_id: id, attempt })
      if (settings === undefined) throw new InputError(RECORD_DAMAGED)
      const files = this.#files
      const request = {
        portrait: files.image(id),
        audio: files.audio(id),
        output: files.result(id),
        settings,
      }
      const onProgress = (done: number): void => {
        job.progress = Math.min(Math.max(job.progress, done), 1)
        job.movedAt = this.#options.now()
      }
      await this.#options.make(request, { signal, onProgress })
    } catch (error) {
      if (this.#stop.signal.aborted && !job.cancelled.signal.aborted) {
        // Stopped on purpose, which is no fault of the job.
        await this.#write(job, { status: 'PENDING', attempts: attempt - 1 })
        this.#options.onEvent({ event: 'task.interrupted', task_id: id })
        return
      }
      const { code, message } = errorBody(error)
      if (code === 'internal') this.#options.onUnexpectedError(error)
      failure = job.cancelled.signal.aborted ? CANCELLED : this.#withoutFolder(message, id)
    }
    await this.#end(job, failure, this.#options.now(), (this.#options.now() - startedAt) / 1000)
  }

  /** Ends a job, and those that follow it. */
  async #end(job: Job, failure?: string, at = this.#options.now(), seconds?: number): Promise<void> {
    const { id, key } = job.record
    if (failure === undefined) job.progress = 1
    else if (key !== undefined && this.#byKey.get(key) === job) this.#byKey.delete(key)
    await this.#write(
      job,
      failure === undefined ? { status: 'COMPLETED' } : { status: 'FAILED', reason: failure },
      at,
    )
    this.#options.onEvent({
      event: failure === undefined ? 'task.completed' : 'task.failed',
      task_id: id,
      ...(seconds !== undefined && { seconds }),
      ...(failure !== undefined && { error: failure }),
    })
    await this.#files.tidy(id, { keepUploads: false }).catch(this.#options.onUnexpectedError)
    for (const follower of job.followers.splice(0)) await this.#settleFollower(follower, job)
  }

  async #settleFollower(follower: Job, { record }: Job): Promise<void> {
    if (record.status !== 'COMPLETED') return this.#end(follower, record.reason)
    const shared = await this.#files.shareResult(record.id, follower.record.id).catch(() => RESULT_GONE)
    await this.#end(follower, shared ?? undefined)
  }

  /** Writes what has become of a job. It is so even when the disk refuses it. */
  async #write(job: Job, change: Partial<JobRecord>, at = this.#options.now()): Promise<void> {
    const record = { ...job.record, ...change, updatedAt: at }
    await this.#files.save(record).catch(this.#options.onUnexpectedError)
    job.record = record
    job.movedAt = at
  }

  #newRecord(values: Partial<JobRecord>): JobRecord {
    // The clock may stand still, or go back.
    const now = Math.max(this.#options.now(), this.#lastCreated + 1)
    const fresh = {
      format: JOB_FORMAT,
      id: randomUUID(),
      status: 'PENDING',
      attempts: 0,
      reason: '',
    } as const
    return { ...fresh, createdAt: now, updatedAt: now, ...values }
  }

  #keep(record: JobRecord): Job {
    this.#lastCreated = Math.max(this.#lastCreated, record.createdAt)
    const progress = record.status === 'COMPLETED' ? 1 : 0
    const job: Job = {
      record,
      progress,
      movedAt: record.updatedAt,
      followers: [],
      cancelled: new AbortController(),
    }
    this.#jobs.set(record.id, job)
    if (record.key !== undefined && record.status !== 'FAILED') this.#byKey.set(record.key, job)
    return job
  }

  async #remove(job: Job): Promise<void> {
    const { id, key } = job.record
    this.#jobs.delete(id)
    if (key !== undefined && this.#byKey.get(key) === job) this.#byKey.delete(key)
    await this.#files.remove(id)
    this.#options.onEvent({ event: 'task.removed', task_id: id })
  }

  #isExpired({ record }: Job): boolean {
    return isEnded(record) && this.#options.now() - record.updatedAt >= this.#options.keepMs
  }

  /** A job that follows another is as far as that one. */
  #stateOf(job: Job): JobState {
    const { id, createdAt, original, reason } = job.record
    const leader = original === undefined || isEnded(job.record) ? undefined : this.#jobs.get(original)
    const { record, progress, movedAt } = leader !== undefined && !isEnded(leader.record) ? leader : job
    return {
      id,
      status: record.status,
      progress,
      createdAt,
      updatedAt: Math.max(movedAt, createdAt),
      reason,
      ...(original !== undefined && { original }),
    }
  }

  #withoutFolder(message: string, id: string): string {
    const folder = this.#files.image(id).slice(0, -'image'.length)
    return message.replaceAll(folder, '')
  }
}
