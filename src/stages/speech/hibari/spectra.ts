/** The measures of the voice's spectra, as its documentation gives them. */

/** Hz of the waveform. */
export const SAMPLE_RATE = 24_000
/** Samples under a window, and the size of the Fourier transform. */
export const WINDOW = 1200
/** Samples between frames: 12.5 ms. */
export const HOP = 300
/** Bins from 0 Hz to half the sample rate. */
export const BINS = WINDOW / 2 + 1

/** Hz: pitch below this is silence of the voice's cords. */
export const LOWEST_PITCH = 40
/** Hz: the pulse train has no harmonic above this. */
export const HIGHEST_HARMONIC = 11_000

/**
 * What the acoustic model says of an utterance: [BINS, frames] each, and its pitch. A frame's spectrum is
 *
 * S = e^min(lh, 7) · e^(iπ·tanh θ) · E + e^min(ln, 7) · Z + e^min(lr, 7) · e^(iφ)
 *
 * with E the spectrum of a pulse train of the pitch, divided by the hop, and Z complex Gaussian noise of unit variance a
 * component.
 */
export interface Spectra {
  readonly frames: number
  /** Logarithm of the gain of the harmonics. */
  readonly lh: Float32Array
  /** Their phase, as the inverse hyperbolic tangent of half turns. */
  readonly theta: Float32Array
  /** Logarithm of the level of the noise. */
  readonly ln: Float32Array
  /** Logarithm of the level of what is neither. */
  readonly lr: Float32Array
  /** Its phase in radians. */
  readonly phi: Float32Array
  /** Hz, one value a frame; below {@link LOWEST_PITCH} where unvoiced. */
  readonly f0: Float32Array
}

/** Where the noise Z comes from. */
export interface NoiseSource {
  /**
   * Writes the noise of the `count` frames from `frame` on: pairs of real and imaginary part as [BINS, count, 2].
   * Frames are asked for in order.
   */
  take(output: Float32Array, frame: number, count: number): void
}
