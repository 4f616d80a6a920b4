/** Measures of sound and motion, to see whether a mouth moves with the words. */
import { decodeAudio } from '../../src/media/decode.js'
import { joinSamples } from '../../src/pipeline/join-samples.js'

/** All samples of a file, mono at 16 kHz. */
export async function samplesOf(path: string): Promise<Float32Array> {
  const chunks: Float32Array[] = []
  for await (const chunk of decodeAudio(path, { sampleRate: 16_000 })) chunks.push(chunk)
  return joinSamples(chunks)
}

/** Loudness of the sound during each frame of a film. */
export function loudness(samples: Float32Array, frames: number, fps: number): number[] {
  return Array.from({ length: frames }, (_, frame) => {
    const part = samples.subarray((frame * 16_000) / fps, ((frame + 1) * 16_000) / fps)
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / Math.max(1, part.length))
  })
}

/** Pearson's correlation. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  a.forEach((value, i) => {
    ab += (value - meanA) * (b[i]! - meanB)
    aa += (value - meanA) ** 2
    bb += (b[i]! - meanB) ** 2
  })
  return ab / Math.sqrt(aa * bb)
}

/** Each value with its neighbours: lips are where sounds go, not only where they are. */
export function smoothed(values: readonly number[]): number[] {
  return values.map((_, i) => {
    const part = values.slice(Math.max(0, i - 2), i + 3)
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
}
