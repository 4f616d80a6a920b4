import { LAM_FRAME_RATE } from './contract.js'

/**
 * How loud each frame of a sound is, as the published model measures it: the root mean square over a frame of
 * int(rate / 30) samples around every multiple of that, with silence before and behind. The first and the last value
 * of a steady sound are therefore low by 3 dB, and at rates that 30 does not divide the frames run a little fast.
 *
 * @param samples at any rate, one or more
 * @returns at most ⌈duration × 30⌉ values
 */
export function frameVolumes(samples: Float32Array, sampleRate: number): Float32Array {
  const hop = Math.trunc((1 / LAM_FRAME_RATE) * sampleRate)
  const length = Math.min(hop, samples.length)
  const padding = length >> 1
  const count = 1 + Math.floor((samples.length + 2 * padding - length) / hop)
  const frames = Math.ceil((samples.length / sampleRate) * LAM_FRAME_RATE)
  return Float32Array.from({ length: Math.min(count, frames) }, (_, frame) => {
    const start = frame * hop - padding
    const end = Math.min(samples.length, start + length)
    let energy = 0
    for (let i = Math.max(0, start); i < end; i++) energy += samples[i]! * samples[i]!
    return Math.sqrt(energy / length)
  })
}
