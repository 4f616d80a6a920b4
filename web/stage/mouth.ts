/** Motion that is remembered: four seconds of it, more than a picture can be behind. */
const CAPACITY = 256

/** How much each weight opens the lips. `mouthClose` takes back what the jaw opens (ARKit, ARFaceAnchor.BlendShapeLocation). */
const OPENING: Readonly<Record<string, number>> = {
  jawOpen: 1,
  mouthClose: -1,
  mouthFunnel: 0.5,
  mouthPucker: 0.25,
  mouthUpperUpLeft: 0.25,
  mouthUpperUpRight: 0.25,
  mouthLowerDownLeft: 0.25,
  mouthLowerDownRight: 0.25,
}

/** How far the mouth is open at each moment of a turn, by the motion that its pictures show. */
export class MouthTrack {
  readonly #factors: readonly number[]
  readonly #moments: { readonly timestamp: number; readonly opening: number }[] = []

  /** @param names the weights' names, in their order */
  constructor(names: readonly string[]) {
    this.#factors = names.map((name) => OPENING[name] ?? 0)
  }

  /** Takes motion, in the order of its time. */
  add(timestamp: number, weights: Float32Array): void {
    let opening = 0
    for (const [index, factor] of this.#factors.entries()) opening += factor * (weights[index] ?? 0)
    this.#moments.push({ timestamp, opening: Math.max(0, opening) })
    if (this.#moments.length > CAPACITY) this.#moments.shift()
  }

  /** How far it is open at a moment, 0–1 and a little more; undefined where nothing is known. */
  at(timestamp: number): number | undefined {
    return this.#moments.findLast((moment) => moment.timestamp <= timestamp)?.opening
  }

  clear(): void {
    this.#moments.length = 0
  }
}
