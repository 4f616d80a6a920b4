/** A picture that can be given back to the browser, as an `ImageBitmap`. */
export interface Closable {
  close(): void
}

/** A frame on its way to the screen. */
export interface ScheduledFrame<Picture extends Closable> {
  /** When it is due, in microseconds of the turn. */
  readonly timestamp: number
  readonly duration: number
  readonly jpeg: Uint8Array<ArrayBuffer>
  /** Undefined until it is decoded. */
  picture: Picture | undefined
  decoding: boolean
}

export interface ScheduleOptions {
  /** Frames that may wait, JPEG or decoded; beyond, the oldest gives way. */
  readonly capacity: number
  /** Decoded pictures that may wait: each is a megabyte at 512². */
  readonly decoded: number
  /** Microseconds before its time at which a frame may be drawn, half a screen's refresh. */
  readonly early: number
}

/**
 * The frames of one turn, in order. It says which to decode next and which to draw now; frames whose time has passed
 * are dropped, undecoded where that is still possible.
 */
export class FrameSchedule<Picture extends Closable> {
  readonly #frames: ScheduledFrame<Picture>[] = []
  readonly #options: ScheduleOptions
  #dropped = 0

  constructor(options: ScheduleOptions) {
    this.#options = options
  }

  /** Frames that were never drawn because their time had passed. */
  get dropped(): number {
    return this.#dropped
  }

  get waiting(): number {
    return this.#frames.length
  }

  /** Takes a frame. They come in the order of their timestamps. */
  push(timestamp: number, duration: number, jpeg: Uint8Array<ArrayBuffer>): void {
    if (this.#frames.length >= this.#options.capacity) this.#drop()
    this.#frames.push({ timestamp, duration, jpeg, picture: undefined, decoding: false })
  }

  /**
   * The next frame to decode, marked as being decoded; undefined when enough are.
   * @param now the turn's time; undefined before it begins
   */
  nextToDecode(now = 0): ScheduledFrame<Picture> | undefined {
    let busy = 0
    for (const [index, frame] of this.#frames.entries()) {
      if (frame.picture !== undefined || frame.decoding) {
        busy += 1
        if (busy >= this.#options.decoded) return undefined
        continue
      }
      // Late already, with one behind it that is not: decoding it would make that one late as well.
      const next = this.#frames[index + 1]
      if (next !== undefined && next.timestamp <= now) continue
      frame.decoding = true
      return frame
    }
    return undefined
  }

  /**
   * The newest decoded frame whose time has come; those before it leave the schedule. The caller owns its picture, and
   * closes it.
   */
  due(now: number): ScheduledFrame<Picture> | undefined {
    let newest = -1
    for (const [index, frame] of this.#frames.entries()) {
      if (frame.timestamp > now + this.#options.early) break
      if (frame.picture !== undefined) newest = index
    }
    if (newest < 0) return undefined
    for (let index = 0; index < newest; index += 1) this.#drop()
    return this.#frames.shift()
  }

  /**
   * Takes the picture that a frame was decoded to.
   * @returns false when the frame has been dropped meanwhile; then the picture is closed
   */
  decoded(frame: ScheduledFrame<Picture>, picture: Picture): boolean {
    frame.decoding = false
    const isWanted = this.#frames.includes(frame)
    if (isWanted) frame.picture = picture
    else picture.close()
    return isWanted
  }

  /** Forgets a frame that cannot be decoded. */
  failed(frame: ScheduledFrame<Picture>): void {
    const index = this.#frames.indexOf(frame)
    if (index < 0) return
    this.#frames.splice(index, 1)
    this.#dropped += 1
  }

  /** Forgets all frames. */
  clear(): void {
    for (const { picture } of this.#frames) picture?.close()
    this.#frames.length = 0
    this.#dropped = 0
  }

  #drop(): void {
    this.#frames.shift()?.picture?.close()
    this.#dropped += 1
  }
}
