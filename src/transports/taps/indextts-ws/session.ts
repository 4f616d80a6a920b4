import { randomUUID } from 'node:crypto'
import { messageOf, PhizError } from '../../../errors.js'
import type { Socket, SocketMessage } from '../../socket.js'
import type { Job, JobQueue } from './jobs.js'
import { Outbox } from './outbox.js'
import {
  errorMessage,
  ERROR_TEXTS,
  parseClientMessage,
  statusMessage,
  stepMessage,
  unknownTask,
  welcomeMessage,
  type SpeechRequest,
} from './protocol.js'
import { speak, type SpeakServices } from './speak.js'
import type { TaskBook } from './tasks.js'

/** What all sessions share. */
export interface SessionServices extends SpeakServices {
  readonly queue: JobQueue
  readonly tasks: TaskBook
  /** Bytes that a client may leave untaken before its next task waits. */
  readonly mostUntakenBytes: number
  readonly onUnexpectedError: (error: unknown) => void
}

/**
 * Serves one client until it leaves. Its tasks take their turns among those of all clients; when it leaves, those that
 * have not ended are cancelled.
 */
export async function serveSession(socket: Socket, services: SessionServices): Promise<void> {
  const session = new Session(socket, services)
  try {
    await session.serve(socket.messages())
  } finally {
    session.leave()
  }
}

class Session {
  readonly #id = randomUUID()
  readonly #services: SessionServices
  readonly #outbox: Outbox
  readonly #left = new AbortController()
  /** Tasks that have not ended, by id. */
  readonly #jobs = new Map<string, Job>()

  constructor(socket: Socket, services: SessionServices) {
    this.#services = services
    this.#outbox = new Outbox(socket, () => {
      services.queue.advance()
    })
  }

  async serve(messages: AsyncIterable<SocketMessage>): Promise<void> {
    await this.#outbox.send(welcomeMessage(this.#id))
    // Each answer is taken before the next message is read: who asks must listen.
    for await (const message of messages) await this.#answer(message)
  }

  leave(): void {
    this.#left.abort()
    const { queue, tasks } = this.#services
    for (const [id, job] of this.#jobs) {
      queue.remove(job)
      tasks.end(id, 'cancelled')
    }
    this.#jobs.clear()
  }

  #answer(message: SocketMessage): Promise<void> {
    // Bytes that hold JSON are as good as text.
    const text = message.kind === 'text' ? message.text : Buffer.from(message.bytes).toString('utf8')
    const said = parseClientMessage(text)
    switch (said.kind) {
      case 'refused':
        return this.#outbox.send(errorMessage(said.problem, this.#id))
      case 'status': {
        const task = this.#services.tasks.get(said.taskId)
        return this.#outbox.send(
          task === undefined
            ? errorMessage(unknownTask(said.taskId), this.#id)
            : statusMessage(task, this.#id),
        )
      }
      case 'bad-request':
        return this.#fail(this.#services.tasks.create(), said.problem)
      case 'speak':
        return this.#lineUp(said.request)
    }
  }

  #lineUp(request: SpeechRequest): Promise<void> {
    const { queue, tasks, mostUntakenBytes } = this.#services
    const id = tasks.create()
    if (queue.isFull) return this.#fail(id, ERROR_TEXTS.full)
    const job: Job = {
      mayBegin: () => this.#outbox.bytes <= mostUntakenBytes,
      run: () => this.#run(id, request),
    }
    this.#jobs.set(id, job)
    // The message goes first: the job may begin at once.
    const told = this.#outbox.send(stepMessage('queued', id, this.#id))
    queue.add(job)
    return told
  }

  async #run(id: string, request: SpeechRequest): Promise<void> {
    const { tasks } = this.#services
    const { signal } = this.#left
    tasks.start(id)
    this.#outbox.post(stepMessage('start', id, this.#id))
    try {
      await speak(this.#services, request, {
        id,
        signal,
        take: (wav) => {
          this.#outbox.post(wav)
        },
      })
      tasks.end(id, 'completed')
      this.#outbox.post(stepMessage('end', id, this.#id))
    } catch (error) {
      if (!signal.aborted) this.#failed(id, error)
    } finally {
      this.#jobs.delete(id)
    }
  }

  /** Refuses a task that has not been lined up. */
  #fail(id: string, problem: string): Promise<void> {
    this.#services.tasks.end(id, 'failed', problem)
    return this.#outbox.send(errorMessage(problem, this.#id, id))
  }

  /** Ends a task whose run has failed. Nobody waits here for the client to take the news. */
  #failed(id: string, error: unknown): void {
    const { tasks, onUnexpectedError } = this.#services
    const detail = detailOf(error)
    tasks.end(id, 'failed', detail)
    let told = detail
    if (!PhizError.isInstance(error)) onUnexpectedError(error)
    else if (isModelProblem(error)) {
      // The document has no more to say to a client; the one who runs the server needs the reason.
      onUnexpectedError(error)
      told = ERROR_TEXTS.model
    }
    this.#outbox.post(errorMessage(told, this.#id, id))
  }
}

/** What `task_status` tells of a failed run. */
function detailOf(error: unknown): string {
  if (!PhizError.isInstance(error)) return ERROR_TEXTS.inference
  return `${isModelProblem(error) ? ERROR_TEXTS.model : ERROR_TEXTS.inference}: ${messageOf(error)}`
}

function isModelProblem({ code }: PhizError): boolean {
  return code === 'model-load' || code === 'unavailable'
}
