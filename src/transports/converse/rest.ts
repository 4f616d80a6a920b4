import type { Life } from '../../stages/life.js'
import type { IdleFace } from './idle.js'
import type { PlaybackObserver } from './playback.js'
import type { Utterance } from './utterance.js'

/** A player that tells less than all it has played, in milliseconds: so long after it should have, it is taken to have. */
const PATIENCE_MS = 1000

/**
 * The time between turns: from when the last one has been seen to its end, or has been cut, until the next begins. The
 * face lives on then, and the life that has been seen is kept count of.
 */
export class Rest implements PlaybackObserver {
  readonly #life: Life
  readonly #idle: IdleFace
  /** The turn that is seen, or was last. */
  #utterance: Utterance | undefined
  /** Whether all of it has been sent. */
  #isSent = false
  #isResting = true
  #timer: NodeJS.Timeout | undefined
  #stopped: Promise<unknown> = Promise.resolve()

  constructor(life: Life, idle: IdleFace) {
    this.#life = life
    this.#idle = idle
    idle.start()
  }

  /** Whether the face may be seen to live on. */
  get isResting(): boolean {
    return this.#isResting
  }

  begun(utterance: Utterance): void {
    this.#utterance = utterance
    this.#isSent = false
    this.#stop()
  }

  sent(): void {
    // What matters is what is played.
  }

  played(utterance: Utterance): void {
    this.#life.shown(utterance.turn, utterance.position)
    if (this.#isSent && utterance.position >= utterance.end) this.#startIn(0)
  }

  silenced(utterance: Utterance): void {
    this.#life.shown(utterance.turn, utterance.position)
    this.#utterance = undefined
    this.#startIn(0)
  }

  /** All of the last turn has been sent. */
  sentAll(): void {
    const utterance = this.#utterance
    if (utterance === undefined) return
    this.#isSent = true
    const left = Math.max(0, utterance.end - utterance.position) / 1000
    this.#startIn(utterance.isPaced && left > 0 ? left + PATIENCE_MS : left)
  }

  /** What is wanted may have changed. */
  refresh(): void {
    this.#idle.refresh()
  }

  /** Resolves when nothing is drawn any more. */
  async close(): Promise<void> {
    this.#stop()
    await this.#stopped
  }

  #startIn(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const utterance = this.#utterance
      if (utterance !== undefined) this.#life.shown(utterance.turn, utterance.end)
      this.#isResting = true
      this.#idle.start()
    }, milliseconds)
    this.#timer.unref()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#isResting = false
    this.#stopped = Promise.all([this.#stopped, this.#idle.stop()])
  }
}
