import type { FrameOrder } from './program.js'
import { subjectKey, type FramedSubject } from './subject.js'

/** A subject that the drawing threads are ready to draw. */
export interface DrawingSession {
  process(order: FrameOrder): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** A picture and its measures in pixels. */
export interface Drawing {
  /** JPEG bytes. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

export interface EaselOptions {
  readonly open: (framed: FramedSubject) => Promise<DrawingSession>
  /** Told when a subject that was to take the place of another cannot be drawn. */
  readonly onFailure: (error: unknown) => void
  /** Receives every closing, which settles when the threads have let go. */
  readonly track: (closing: Promise<void>) => unknown
}

/**
 * Draws frames of one subject after another without a gap: who is asked for next is opened beside the one before, who
 * is drawn until then. A subject that cannot be opened is passed over, until another has been asked for.
 */
export class Easel {
  readonly #options: EaselOptions
  #current: Sitting | undefined
  #next: Sitting | undefined
  /** Who could not be opened when last asked for. */
  #refused: string | undefined

  constructor(options: EaselOptions) {
    this.#options = options
  }

  /** Has a subject made ready ahead of its first frame. */
  prepare(framed: FramedSubject): void {
    this.#sittingOf(framed)
  }

  /**
   * Draws one frame; any number at once, where the sessions allow it. Frames that are asked for later never show an
   * earlier subject.
   *
   * @throws what opening the first subject throws: there is none to stand in for it
   */
  draw(framed: FramedSubject, order: FrameOrder): Promise<Drawing> {
    return this.#sittingOf(framed).draw(order)
  }

  /** Lets go of all subjects at once. Frames that are still being drawn fail. */
  close(): void {
    for (const sitting of [this.#current, this.#next]) if (sitting !== undefined) this.#end(sitting)
    this.#current = undefined
    this.#next = undefined
  }

  #sittingOf(framed: FramedSubject): Sitting {
    const key = subjectKey(framed.subject)
    this.#current ??= this.#begin(key, framed)
    if (key !== this.#refused) this.#refused = undefined
    if (key !== (this.#next ?? this.#current).key && key !== this.#refused) this.#change(key, framed)
    return this.#current
  }

  #change(key: string, framed: FramedSubject): void {
    if (this.#next !== undefined) this.#end(this.#next)
    this.#next = undefined
    // Whoever is drawn already is asked for again.
    if (key === this.#current?.key) return
    const next = this.#begin(key, framed)
    this.#next = next
    next.opening.then(
      () => {
        if (this.#next !== next) return
        const last = this.#current
        this.#current = next
        this.#next = undefined
        last?.whenIdle(() => {
          this.#end(last)
        })
      },
      (error: unknown) => {
        if (this.#next !== next) return
        this.#next = undefined
        this.#refused = key
        this.#options.onFailure(error)
      },
    )
  }

  #begin(key: string, framed: FramedSubject): Sitting {
    return new Sitting(key, framed, this.#options.open(framed))
  }

  #end({ opening }: Sitting): void {
    this.#options.track(opening.then((session) => session.close(), ignore))
  }
}

/** One subject and the session that draws it, from the moment that it is asked for. */
class Sitting {
  #drawing = 0
  #onIdle: (() => void) | undefined

  constructor(
    readonly key: string,
    readonly framed: FramedSubject,
    readonly opening: Promise<DrawingSession>,
  ) {
    // A sitting that is left before its first frame leaves the failure of opening to nobody else.
    opening.catch(ignore)
  }

  async draw(order: FrameOrder): Promise<Drawing> {
    // Counted before the first await: from here on the session must not be closed under the frame.
    this.#drawing += 1
    try {
      const session = await this.opening
      const { width, height } = this.framed
      for await (const data of session.process(order)) return { data, width, height }
      throw new Error('The portrait program ended without a frame')
    } finally {
      this.#drawing -= 1
      if (this.#drawing === 0) this.#onIdle?.()
    }
  }

  /** Calls back when no frame is being drawn: now, or after the last one. Ask for no more frames. */
  whenIdle(then: () => void): void {
    if (this.#drawing === 0) then()
    else this.#onIdle = then
  }
}

function ignore(): void {
  // The frames that needed the session have failed with the same error.
}
