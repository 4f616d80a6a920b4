import { clamp } from '../../dsp/smooth.js'
import { landmarkBasis, placed, placeLandmarks, PLACEMENT_VALUES } from './landmark-basis.js'
import { noiseOf, smoothValues, timeWeights } from './smooth-values.js'

/**
 * Smooths a face's landmarks over the frames of a video, without lag and without changing the frames' number. The
 * head's placement and the face's own motion are smoothed apart: a nod does not blur a blink, nor a blink the head.
 */

/** Neighbours within this many noises of a value help to smooth it. */
const NOISES = 5
/** Bounds of what counts as noise, in widths of the face: below it nothing is to be gained, above it is motion. */
const PLACEMENT_BOUNDS = [0.002, 0.02] as const
const RESIDUAL_BOUNDS = [0.003, 0.025] as const
/** Every so many-th landmark is looked at to learn the noise of all. */
const NOISE_STRIDE = 13
/** Landmarks at the two sides of the face, by the ears. */
const SIDES = [234, 454] as const

/**
 * The smoother of one track. First `add` all frames, then `smooth` any of them; either is a small piece of work, so that a
 * caller can let others have the thread in between.
 */
export class TrackSmoother {
  readonly #basis: Float64Array
  readonly #width: number
  readonly #points: number
  readonly #weights: Float64Array
  readonly #placements: Float64Array[] = []
  readonly #residuals: Float32Array[] = []
  readonly #placement = new Float64Array(PLACEMENT_VALUES)
  readonly #scratch = new Float64Array(3 * PLACEMENT_VALUES)
  #limits: { readonly placement: number; readonly residual: number } | undefined

  /**
   * @param reference x, y, z of each landmark of any frame of the track.
   * @param fps Frames a second.
   */
  constructor(reference: Float32Array, fps: number) {
    this.#basis = landmarkBasis(reference)
    this.#width = faceWidth(reference)
    this.#points = reference.length / 3
    this.#weights = timeWeights(fps)
  }

  /** Takes the landmarks of the next frame, which are not kept. */
  add(landmarks: Float32Array): void {
    const placement = new Float64Array(PLACEMENT_VALUES)
    const residual = new Float32Array(landmarks.length)
    placeLandmarks(this.#basis, landmarks, placement, residual)
    this.#placements.push(placement)
    this.#residuals.push(residual)
    this.#limits = undefined
  }

  /** Writes the smoothed landmarks of a frame to `out`. */
  smooth(frame: number, out: Float32Array): void {
    const limits = (this.#limits ??= this.#learn())
    const placement = this.#placement
    smoothValues(
      this.#placements,
      frame,
      0,
      PLACEMENT_VALUES,
      this.#weights,
      limits.placement,
      this.#scratch,
      placement,
    )
    for (let point = 0; point < this.#points; point++) {
      smoothValues(this.#residuals, frame, point * 3, 3, this.#weights, limits.residual, this.#scratch, out)
      for (let axis = 0; axis < 3; axis++)
        out[point * 3 + axis]! += placed(this.#basis, placement, point, axis)
    }
  }

  #learn(): { placement: number; residual: number } {
    const within = (noise: number, [low, high]: readonly [number, number]): number =>
      clamp(noise * NOISES, low * this.#width, high * this.#width)
    return {
      placement: within(noiseOf(this.#placements, 0, PLACEMENT_VALUES), PLACEMENT_BOUNDS),
      residual: within(residualNoise(this.#residuals, this.#points), RESIDUAL_BOUNDS),
    }
  }
}

function residualNoise(residuals: readonly Float32Array[], points: number): number {
  const noises: number[] = []
  for (let point = 0; point < points; point += NOISE_STRIDE) noises.push(noiseOf(residuals, point * 3, 3))
  return noises.sort((a, b) => a - b)[noises.length >> 1]!
}

function faceWidth(landmarks: Float32Array): number {
  const [a, b] = SIDES
  return Math.hypot(
    landmarks[b * 3]! - landmarks[a * 3]!,
    landmarks[b * 3 + 1]! - landmarks[a * 3 + 1]!,
    landmarks[b * 3 + 2]! - landmarks[a * 3 + 2]!,
  )
}
