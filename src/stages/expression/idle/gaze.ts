import { smoothstep } from '../../../dsp/smooth.js'
import type { SeededRandom } from './random.js'

/** A fixation is 0.4–2.5 s long; the jump between two takes about 20 ms and 2.2 ms a degree: 30–50 ms here. */
const SHORTEST_FIXATION = 0.4
const LONGEST_FIXATION = 2.5
const SACCADE_TIME = 0.045
/** A listener's face is looked at most of the time. */
const FACE_CHANCE = 0.68
/** On the face, the eyes wander by a degree or so; away from it, by up to ten. 1 is about 30°. */
const ON_FACE = 0.035
const AWAY_SIDEWAYS = 0.3
const AWAY_UP_AND_DOWN = 0.18

interface Fixation {
  readonly start: number
  readonly end: number
  readonly x: number
  readonly y: number
}

/** Where the eyes look over time, beside the head's own movement. Ask for moments in rising order. */
export class GazeSchedule {
  readonly #random: SeededRandom
  #last: Fixation = { start: 0, end: 0, x: 0, y: 0 }
  #now: Fixation
  /** Towards the face's left, in units of about 30°. */
  x = 0
  /** Upwards, in the same unit. */
  y = 0

  constructor(random: SeededRandom) {
    this.#random = random
    this.#now = { start: 0, end: random.between(0.6, LONGEST_FIXATION), x: 0, y: 0 }
  }

  /** Sets {@link x} and {@link y} for `time` seconds. */
  moveTo(time: number): void {
    while (time >= this.#now.end) {
      this.#last = this.#now
      this.#now = this.#fixationAt(this.#now.end)
    }
    const share = smoothstep(this.#now.start, this.#now.start + SACCADE_TIME, time)
    this.x = this.#last.x + (this.#now.x - this.#last.x) * share
    this.y = this.#last.y + (this.#now.y - this.#last.y) * share
  }

  #fixationAt(start: number): Fixation {
    const random = this.#random
    const onFace = random.chance(FACE_CHANCE)
    const sideways = onFace ? ON_FACE : AWAY_SIDEWAYS
    const upAndDown = onFace ? ON_FACE : AWAY_UP_AND_DOWN
    return {
      start,
      // Short fixations are more frequent: uniform on a logarithmic scale.
      end: start + SHORTEST_FIXATION * (LONGEST_FIXATION / SHORTEST_FIXATION) ** random.next(),
      x: random.between(-sideways, sideways),
      y: random.between(-upAndDown, upAndDown),
    }
  }
}
