/** Samples of silence that are given at once. */
const SILENCE = 4096

/**
 * Sound that lasts exactly as long as it is to: cut where it is longer, followed by silence where it is shorter.
 *
 * @param chunks mono samples, pieces of any length; left when enough has come
 */
export async function* lasting(
  chunks: AsyncIterable<Float32Array>,
  samples: number,
): AsyncGenerator<Float32Array, void, undefined> {
  let left = samples
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
  const silence = new Float32Array(SILENCE)
  for (; left > 0; left -= SILENCE) yield silence.subarray(0, left)
}
