/** A head in one moment, as the painters of mouth, eyes and lashes see it. */
export interface PosedHead {
  /** x, y of every vertex in pixels of the frame. */
  readonly positions: Float32Array
  /** 52 channel weights with the limits that one channel sets for another. */
  readonly weights: Float32Array
  /** Pixels a centimetre of the canonical face. */
  readonly scale: number
  /** Direction of the head's own x axis in the picture: cosine and sine of the roll that is seen. */
  readonly rollCosine: number
  readonly rollSine: number
  /** Writes x, y of the place on the skull, behind the middle of the closed lips, where the teeth stand. */
  placeTeeth(out: Float32Array): void
}
