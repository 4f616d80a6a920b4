/** What the audio thread hands to the page. */
export interface CapturedSound {
  /** 32-bit samples in [-1, 1]; transferred. */
  readonly buffer: ArrayBuffer
  /** How many of them are filled. */
  readonly length: number
  /** Hz. */
  readonly sampleRate: number
}
