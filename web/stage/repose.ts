/** Motion that is remembered: four seconds of it, more than a picture can be behind. */
const CAPACITY = 256

/**
 * How much each weight parts the lips, or shuts the eyes: what a face at rest does not do. `mouthClose` takes back what
 * the jaw opens (ARKit, ARFaceAnchor.BlendShapeLocation).
 */
const UNREST: Readonly<Record<string, number>> = {
  jawOpen: 1,
  mouthClose: -1,
  mouthFunnel: 0.5,
  mouthPucker: 0.25,
  mouthUpperUpLeft: 0.25,
  mouthUpperUpRight: 0.25,
  mouthLowerDownLeft: 0.25,
  mouthLowerDownRight: 0.25,
  eyeBlinkLeft: 0.25,
  eyeBlinkRight: 0.25,
}

/** How far the face is from rest at each moment of a turn, by the motion that its pictures show. */
export class ReposeTrack {
  readonly #factors: readonly number[]
  readonly #moments: { readonly timestamp: number; readonly unrest: number }[] = []

  /** @param names the weights' names, in their order */
  constructor(names: readonly string[]) {
    this.#factors = names.map((name) => UNREST[name] ?? 0)
  }

  /** Takes motion, in the order of its time. */
  add(timestamp: number, weights: Float32Array): void {
    let unrest = 0
    for (const [index, factor] of this.#factors.entries()) unrest += factor * (weights[index] ?? 0)
    this.#moments.push({ timestamp, unrest: Math.max(0, unrest) })
    if (this.#moments.length > CAPACITY) this.#moments.shift()
  }

  /** How far from rest it is at a moment, from 0 on; undefined where nothing is known. */
  at(timestamp: number): number | undefined {
    return this.#moments.findLast((moment) => moment.timestamp <= timestamp)?.unrest
  }

  clear(): void {
    this.#moments.length = 0
  }
}
