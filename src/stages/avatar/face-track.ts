import { InputError } from '../../errors.js'

export interface FaceTrackOptions {
  /** Frames a second. */
  readonly fps: number
  /** What errors call the video. */
  readonly name: string
  /** Longest time without a face, between two frames with one, that is bridged. */
  readonly maxGapSeconds?: number
}

/** What {@link FaceTrack.finish} gives. */
export interface FinishedTrack {
  /** Landmarks of each frame that is kept. */
  readonly frames: readonly Float32Array[]
  /** Frames before the first face, which are left out. */
  readonly leftOutAtStart: number
  /** Frames after the last face, which are left out. */
  readonly leftOutAtEnd: number
}

const MAX_GAP_SECONDS = 0.5

/**
 * The faces of a video's frames, one after the other. Frames before the first face and after the last one do not
 * belong to the track; short gaps between are bridged by straight lines from landmark to landmark.
 */
export class FaceTrack {
  readonly #options: FaceTrackOptions
  readonly #frames: Float32Array[] = []
  #leftOutAtStart = 0
  /** Frames since the last face. */
  #gap = 0

  constructor(options: FaceTrackOptions) {
    this.#options = options
  }

  /**
   * Takes the next frame's landmarks, or undefined when it has no face. They are kept as they are.
   *
   * @returns Whether the frame is one of the track's, as far as is known: frames before the first face never are.
   * @throws InputError when a face comes back after too long a gap, naming the seconds.
   */
  add(landmarks: Float32Array | undefined): boolean {
    if (landmarks === undefined) {
      if (this.#frames.length === 0) this.#leftOutAtStart += 1
      else this.#gap += 1
      return this.#frames.length > 0
    }
    if (this.#gap > 0) this.#bridge(landmarks)
    this.#frames.push(landmarks)
    return true
  }

  /** Ends the track at its last face. */
  finish(): FinishedTrack {
    return { frames: this.#frames, leftOutAtStart: this.#leftOutAtStart, leftOutAtEnd: this.#gap }
  }

  #bridge(to: Float32Array): void {
    const { fps, name, maxGapSeconds = MAX_GAP_SECONDS } = this.#options
    const from = this.#frames.at(-1)!
    if (this.#gap > maxGapSeconds * fps) {
      const start = (this.#leftOutAtStart + this.#frames.length) / fps
      throw new InputError(
        `No face is seen in ${name} from ${start.toFixed(1)} s to ${(start + this.#gap / fps).toFixed(1)} s; at most ` +
          `${maxGapSeconds} s can be bridged. Use a part of the video in which the face can always be seen.`,
      )
    }
    for (let k = 1; k <= this.#gap; k++) {
      const share = k / (this.#gap + 1)
      this.#frames.push(from.map((value, i) => value + share * (to[i]! - value)))
    }
    this.#gap = 0
  }
}
