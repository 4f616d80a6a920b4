import type { MediaPacket } from './packet.js'
import type { Microseconds } from './time.js'
import type { Turn } from './turn.js'

/**
 * The time in which one stage works for one turn, and the media that it makes in it, reported as `stage-work` each
 * time that it comes to rest. Work that overlaps counts once. What a stage waits for, the flow window above all, is
 * no work: it ends before and begins again after.
 */
export class StageWork {
  readonly #turn: Turn
  readonly #stage: string
  #running = 0
  #since: Microseconds = 0
  #media: Microseconds = 0

  /** @param stage the name that is reported */
  constructor(turn: Turn, stage: string) {
    this.#turn = turn
    this.#stage = stage
  }

  begin(): void {
    this.#running += 1
    if (this.#running === 1) this.#since = this.#turn.clock.now()
  }

  /** The work has made this; what is no media takes no time to play and counts for nothing. */
  made(item: unknown): void {
    if (isMedia(item)) this.#media += item.duration
  }

  end(): void {
    this.#running -= 1
    if (this.#running > 0) return
    const at = this.#turn.clock.now()
    this.#turn.emit({
      type: 'stage-work',
      turn: this.#turn.id,
      at,
      stage: this.#stage,
      busy: at - this.#since,
      media: this.#media,
    })
    this.#media = 0
  }

  /** Waits for what the stage does not do itself. */
  async pause<T>(waiting: Promise<T>): Promise<T> {
    this.end()
    try {
      return await waiting
    } finally {
      this.begin()
    }
  }
}

function isMedia(item: unknown): item is MediaPacket {
  if (typeof item !== 'object' || item === null || !('kind' in item)) return false
  return item.kind === 'audio' || item.kind === 'motion' || item.kind === 'frame'
}
