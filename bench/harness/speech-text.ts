const PARAGRAPH =
  'A digital human is a face that listens and speaks. It is made of a voice, of lips that follow the voice, and of ' +
  'pictures that follow the lips. Each of these is made by a model, and each model waits for the one before it. When ' +
  'they are chained as a stream, the first picture leaves while the last word is still being written. '
/** A little less than the voices need for it. */
const PARAGRAPH_SECONDS = 14

/** A text that takes at least so many seconds to say. */
export function speechOf(seconds: number): string {
  return PARAGRAPH.repeat(Math.ceil(seconds / PARAGRAPH_SECONDS))
}
