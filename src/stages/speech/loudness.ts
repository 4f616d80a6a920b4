/** The level of every voice, {@link speechLevel} at −20 dB of full scale: room for peaks of 8 times that. */
export const SPEECH_LEVEL = 0.1

/** Frames of 10 ms quieter than this (−40 dB of full scale) are silence. */
const SILENCE = 0.01

/**
 * Root mean square of the parts of a sound in which something is heard.
 * @param samples mono in [-1, 1]; @param frame samples of a frame, about 10 ms
 * @returns 0 for silence
 */
export function speechLevel(samples: Float32Array, frame: number): number {
  let sum = 0
  let count = 0
  for (let start = 0; start + frame <= samples.length; start += frame) {
    let energy = 0
    for (let i = start; i < start + frame; i++) energy += samples[i]! ** 2
    if (energy / frame < SILENCE ** 2) continue
    sum += energy
    count += frame
  }
  return count === 0 ? 0 : Math.sqrt(sum / count)
}

const KNEE = 0.9

/** Keeps a sample within ±1: the identity up to 0.9, then towards 1 without ever reaching it; smooth at the knee. */
export function bend(sample: number): number {
  const excess = Math.abs(sample) - KNEE
  if (excess <= 0) return sample
  return Math.sign(sample) * (KNEE + (1 - KNEE) * Math.tanh(excess / (1 - KNEE)))
}
