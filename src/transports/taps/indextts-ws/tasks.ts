import { randomUUID } from 'node:crypto'
import type { TaskReport, TaskStatus } from './protocol.js'

/** How long a task can be asked for after its end, in milliseconds. */
const KEPT_MS = 5 * 60_000
/** Tasks that have ended and can still be asked for; the oldest are forgotten first. A task takes about 1 kB. */
const MOST_KEPT = 10_000

interface Task extends TaskReport {
  status: TaskStatus
  completedAt: number | undefined
  errorMessage: string | undefined
}

/** How a task can end. */
export type TaskEnd = Extract<TaskStatus, 'completed' | 'failed' | 'cancelled'>

/** All tasks that can be asked for: those that have not ended, and those that have ended a short while ago. */
export class TaskBook {
  readonly #now: () => number
  readonly #tasks = new Map<string, Task>()
  /** Tasks that have ended, in the order of their ends. */
  readonly #ended = new Set<Task>()

  /** @param now milliseconds since 1970 that never run backwards */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Number of tasks that can be asked for, for inspection. */
  get size(): number {
    return this.#tasks.size
  }

  /** Writes a new task down, `pending`, and returns its id. */
  create(): string {
    this.#forget()
    const task: Task = {
      id: randomUUID(),
      status: 'pending',
      createdAt: this.#now(),
      completedAt: undefined,
      errorMessage: undefined,
    }
    this.#tasks.set(task.id, task)
    return task.id
  }

  /** The task of this id; undefined when there is none or it has been forgotten. */
  get(id: string): TaskReport | undefined {
    this.#forget()
    return this.#tasks.get(id)
  }

  /** Its turn has come. */
  start(id: string): void {
    const task = this.#tasks.get(id)
    if (task?.status === 'pending') task.status = 'running'
  }

  /** It has ended. A task ends once: later ends are ignored. */
  end(id: string, status: TaskEnd, errorMessage?: string): void {
    const task = this.#tasks.get(id)
    if (task === undefined || task.completedAt !== undefined) return
    task.status = status
    task.completedAt = this.#now()
    task.errorMessage = errorMessage
    this.#ended.add(task)
    this.#forget()
  }

  #forget(): void {
    const expired = this.#now() - KEPT_MS
    for (const task of this.#ended) {
      if (task.completedAt! > expired && this.#ended.size <= MOST_KEPT) return
      this.#ended.delete(task)
      this.#tasks.delete(task.id)
    }
  }
}
