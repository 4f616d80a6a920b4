/** Where a piece may end, in seconds from its start; the first is shorter, so that the face begins early. */
const FIRST = { shortest: 0.3, longest: 0.8 }
const LATER = { shortest: 0.6, longest: 1.4 }
/** Seconds to either side of a cut over which its loudness is looked at. */
const NEAR = 0.02

/** Longest piece in seconds. */
export const LONGEST_PIECE = LATER.longest

/** A part of a turn's sound that begins and ends with a frame; the last ends with the sound. */
export interface SoundPiece {
  /** Mono in [-1, 1]; memory of its own. */
  readonly samples: Float32Array
  /** Number of its first frame, and how many frames show it. */
  readonly firstFrame: number
  readonly frames: number
}

/**
 * Cuts the sound of a turn for an engine that takes whole files: at the quietest frame border within the time that may
 * be waited, so that a cut falls into a pause where there is one.
 */
export class SoundCutter {
  readonly #rate: number
  readonly #fps: number
  readonly #pending: Float32Array
  #filled = 0
  #firstFrame = 0

  /** @param rate Hz of the sound; @param fps frames a second */
  constructor(rate: number, fps: number) {
    this.#rate = rate
    this.#fps = fps
    this.#pending = new Float32Array(Math.ceil(2 * LONGEST_PIECE * rate))
  }

  get sampleRate(): number {
    return this.#rate
  }

  *push(samples: Float32Array): Generator<SoundPiece> {
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#pending.length - this.#filled)
      this.#pending.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      for (;;) {
        const { shortest, longest } = this.#firstFrame === 0 ? FIRST : LATER
        const start = this.#sampleOf(this.#firstFrame)
        // The cut's surroundings must be there, too.
        if (this.#filled < (longest + NEAR) * this.#rate) break
        const frames = this.#quietest(Math.ceil(shortest * this.#fps), Math.floor(longest * this.#fps))
        const length = this.#sampleOf(this.#firstFrame + frames) - start
        yield this.#piece(frames, length)
        this.#pending.copyWithin(0, length, this.#filled)
        this.#filled -= length
        this.#firstFrame += frames
      }
    }
  }

  /** What is left, where anything is: its last frame may be longer than its sound. */
  *flush(): Generator<SoundPiece> {
    if (this.#filled === 0) return
    const end = this.#sampleOf(this.#firstFrame) + this.#filled
    const frames = Math.ceil((end * this.#fps) / this.#rate) - this.#firstFrame
    yield this.#piece(frames, this.#filled)
    this.#filled = 0
  }

  #piece(frames: number, length: number): SoundPiece {
    return { samples: this.#pending.slice(0, length), firstFrame: this.#firstFrame, frames }
  }

  /** The number of frames from `least` to `most` after which the sound is quietest; of equals the last. */
  #quietest(least: number, most: number): number {
    const start = this.#sampleOf(this.#firstFrame)
    const near = Math.round(NEAR * this.#rate)
    let best = most
    let lowest = Infinity
    for (let frames = most; frames >= least; frames--) {
      const cut = this.#sampleOf(this.#firstFrame + frames) - start
      let energy = 0
      for (let i = Math.max(0, cut - near); i < cut + near; i++) energy += this.#pending[i]! ** 2
      if (energy >= lowest) continue
      lowest = energy
      best = frames
    }
    return best
  }

  #sampleOf(frame: number): number {
    return Math.round((frame * this.#rate) / this.#fps)
  }
}
