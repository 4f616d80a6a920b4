/** What the voice is told when it is loaded and when a turn begins, with its rates. */

export { SAMPLE_RATE as HIBARI_SAMPLE_RATE } from './spectra.js'

/** Files of the voice, within its folder. */
export const FILES = {
  acoustics: 'hibari.onnx',
  unknownWords: 'oov.onnx',
  unknownWordSymbols: 'oov.json',
} as const

/** Most phonemes of one run of the acoustic model: 10 s of sound, about 50 ms of work. It takes 400 in all. */
export const MOST_PHONEMES = 160

/** A turn of the voice. */
export interface HibariInit {
  /** Any integer: decides the noise in the sound. The same text with the same seed is the same samples. */
  readonly seed: number
}
