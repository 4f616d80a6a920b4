import { PhizError } from '../../errors.js'
import type { VideoFrame } from '../../media/video.js'
import { chooseFace } from '../face/choose.js'
import type { FoundFace } from '../face/find.js'
import { faceFound, othersWarning, type FaceReport } from './face-report.js'

/** From so many looks on, a face that is unusable in most of them ends the work at once. */
const ENOUGH_LOOKS = 4

/** What is seen of the face when it is looked at now and then in a video: its size, how far it is turned. */
export class FaceLooks {
  readonly #name: string
  readonly #good: FaceReport[] = []
  readonly #bad: PhizError[] = []
  #others = 0

  /** @param name What errors call the video. */
  constructor(name: string) {
    this.#name = name
  }

  /**
   * Looks at the face in a frame.
   *
   * @param others How many more faces the frame shows.
   * @throws InputError when most looks until now have shown a face that cannot be used, saying why.
   */
  add({ width, height, timestamp }: VideoFrame, face: FoundFace, others = 0): void {
    this.#others = Math.max(this.#others, others)
    const name = `${this.#name} at ${(timestamp / 1e6).toFixed(1)} s`
    try {
      this.#good.push(faceFound(chooseFace([face], name, { width, height })))
    } catch (error) {
      if (!PhizError.isInstance(error)) throw error
      this.#bad.push(error)
    }
    if (this.#good.length + this.#bad.length >= ENOUGH_LOOKS) this.#refuse()
  }

  /**
   * The middle of what was seen.
   *
   * @throws InputError as {@link FaceLooks.add}. Of a face that is unusable for a while only, a warning is given.
   */
  finish(onWarning: ((warning: string) => void) | undefined): FaceReport {
    this.#refuse()
    if (this.#others > 0) onWarning?.(othersWarning(this.#others, this.#name))
    for (const error of this.#bad.slice(0, 1)) onWarning?.(error.message)
    const middle = (of: (report: FaceReport) => number): number =>
      this.#good.map(of).sort((a, b) => a - b)[this.#good.length >> 1]!
    return {
      width: middle(({ width }) => width),
      height: middle(({ height }) => height),
      yaw: middle(({ yaw }) => yaw),
      others: this.#others,
    }
  }

  #refuse(): void {
    if (this.#bad.length >= this.#good.length && this.#bad.length > 0) throw this.#bad[0]
  }
}
