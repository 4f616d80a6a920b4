/** Decibels by which loudness falls between two syllables. */
const DIP = 1.5
/** Decibels below the loudest 5 %: what is quieter is a pause. */
const PAUSE = 25
/** Frames to each side over which loudness is smoothed: 50 ms in all. */
const SMOOTHING = 2

/**
 * Syllables a second of speaking time, pauses left out: voiced peaks of loudness with a dip of 2 dB between them (de
 * Jong and Wempe, "Praat script to detect syllable nuclei and measure speech rate automatically", 2009).
 *
 * @param track pitch a hop, 0 where unvoiced
 * @returns 0 when there is no speech
 */
export function syllableRate(
  samples: Float32Array,
  track: Float32Array,
  hop: number,
  sampleRate: number,
): number {
  const loudness = smoothed(loudnessOf(samples, hop))
  const sorted = Float64Array.from(loudness).sort()
  const pause = sorted[Math.floor(sorted.length * 0.95)]! - PAUSE
  const spoken = loudness.filter((level) => level > pause).length
  return spoken === 0 ? 0 : (countNuclei(loudness, track, pause) * sampleRate) / (spoken * hop)
}

function countNuclei(loudness: Float64Array, track: Float32Array, pause: number): number {
  let count = 0
  let valley = -Infinity
  let peak = -Infinity
  let peakAt = 0
  let isRising = true
  for (const [frame, level] of loudness.entries()) {
    if (isRising) {
      if (level > peak) [peak, peakAt] = [level, frame]
      if (level > peak - DIP) continue
      // The peak is over: a syllable, if it was voiced and louder than a pause.
      if (peak > pause && (track[peakAt] ?? 0) > 0) count++
      isRising = false
      valley = level
    } else {
      valley = Math.min(valley, level)
      if (level < valley + DIP) continue
      isRising = true
      ;[peak, peakAt] = [level, frame]
    }
  }
  return isRising && peak > pause && (track[peakAt] ?? 0) > 0 ? count + 1 : count
}

/** Decibels a hop. */
function loudnessOf(samples: Float32Array, hop: number): Float64Array {
  return Float64Array.from({ length: Math.floor(samples.length / hop) }, (_, frame) => {
    let energy = 1e-7
    for (let n = frame * hop; n < (frame + 1) * hop; n++) energy += samples[n]! ** 2
    return 10 * Math.log10(energy / hop)
  })
}

function smoothed(levels: Float64Array): Float64Array {
  return levels.map((_, frame) => {
    const part = levels.subarray(Math.max(0, frame - SMOOTHING), frame + SMOOTHING + 1)
    return part.reduce((sum, level) => sum + level, 0) / part.length
  })
}
