/** Motion at one picture's moment. */
export interface FrameMoment {
  /** 52 channel weights in [0, 1], in the order of `BLENDSHAPE_NAMES`. */
  readonly weights: ArrayLike<number>
  /** Pitch, yaw, roll of the head in radians. */
  readonly rotation: ArrayLike<number>
  /** Position on the turn's time line in seconds, for breathing and for the place in a filmed loop. */
  readonly seconds: number
}

/**
 * Draws frames of one avatar. Holds every buffer that a frame needs; not for concurrent use. The same moment gives the
 * same pixels, so any number of painters may share the frames of a turn.
 */
export interface FramePainter {
  readonly width: number
  readonly height: number
  /** @param out Receives `width * height` RGB pixels, three bytes each. */
  paint(moment: FrameMoment, out: Uint8Array): void | Promise<void>
}
