import { parseServerMessage } from './protocol.js'

/** One request of a turn and what has come of it. */
export interface Task {
  /** As the server calls it; known with its first answer. */
  id: string | undefined
  /** WAV files that nobody has taken yet. */
  readonly sound: Uint8Array[]
  soundBytes: number
  hasEnded: boolean
  /** Why it failed, in the server's words. */
  problem: string | undefined
}

/** Bytes of one task's sound: 12 minutes; a clause has seconds. */
const MOST_SOUND_BYTES = 32 * 2 ** 20

/**
 * The requests of one connection, in order, and whose answer a message is. The server answers them one after the
 * other; sound carries no name and belongs to the task that has begun last.
 */
export class Tasks {
  /** Those that have not ended. */
  readonly #open: Task[] = []
  #sounding: Task | undefined

  /** How many have not ended. */
  get open(): number {
    return this.#open.length
  }

  add(): Task {
    const task: Task = { id: undefined, sound: [], soundBytes: 0, hasEnded: false, problem: undefined }
    this.#open.push(task)
    return task
  }

  /** Takes a text message. @returns what is wrong with it, where something is */
  text(text: string): string | undefined {
    const message = parseServerMessage(text)
    if (message === undefined) return 'it sent a message that is none'
    switch (message.kind) {
      case 'other':
        return undefined
      case 'queued':
        return this.#named(message.task) === undefined ? 'it queued a task that nobody asked for' : undefined
      case 'start':
        this.#sounding = this.#named(message.task)
        return this.#sounding === undefined ? 'it began a task that nobody asked for' : undefined
      case 'end':
      case 'error': {
        const task = this.#named(message.task)
        if (task === undefined) return 'it ended a task that nobody asked for'
        if (message.kind === 'error') task.problem = message.told
        this.#end(task)
        return undefined
      }
    }
  }

  /** Takes a WAV file. @returns what is wrong with it, where something is */
  sound(wav: Uint8Array): string | undefined {
    const task = this.#sounding
    if (task === undefined) return 'it sent sound before it began a task'
    task.sound.push(wav)
    task.soundBytes += wav.length
    return task.soundBytes > MOST_SOUND_BYTES
      ? `it sent more than ${MOST_SOUND_BYTES} bytes for one clause`
      : undefined
  }

  /** The open task of this name; a name not heard before is that of the oldest task without one. */
  #named(id: string | undefined): Task | undefined {
    if (id === undefined) return this.#open.find((task) => task.id === undefined) ?? this.#open[0]
    const known = this.#open.find((task) => task.id === id)
    if (known !== undefined) return known
    const unnamed = this.#open.find((task) => task.id === undefined)
    if (unnamed !== undefined) unnamed.id = id
    return unnamed
  }

  #end(task: Task): void {
    task.hasEnded = true
    this.#open.splice(this.#open.indexOf(task), 1)
    if (this.#sounding === task) this.#sounding = undefined
  }
}
