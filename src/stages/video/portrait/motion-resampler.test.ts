import { describe, expect, it } from 'vitest'
import type { MotionPacket } from '../../../pipeline/packet.js'
import { framesToMicroseconds } from '../../../pipeline/time.js'
import { MotionResampler } from './motion-resampler.js'

function motion(index: number, fps = 30): MotionPacket {
  const timestamp = framesToMicroseconds(index, fps)
  const weights = new Float32Array(52).fill(index / 100)
  const duration = framesToMicroseconds(index + 1, fps) - timestamp
  return {
    kind: 'motion',
    turn: 't',
    index,
    timestamp,
    duration,
    weights,
    rotation: [index / 100, -index / 100, 0],
  }
}

describe('MotionResampler', () => {
  it.each([
    [8, 30],
    [25, 30],
    [30, 30],
    [60, 30],
    [12.5, 30],
    [24, 25],
  ])('makes ceil(duration × fps) frames at exact times: %f fps from %f', (fps, motionFps) => {
    for (const packets of [1, 2, 3, 7, 30, 61]) {
      const resampler = new MotionResampler(() => fps)
      const frames = Array.from({ length: packets }, (_, i) => [
        ...resampler.push(motion(i, motionFps)),
      ]).flat()
      frames.push(...resampler.flush())
      expect(frames).toHaveLength(Math.ceil((packets / motionFps) * fps - 1e-9))
      frames.forEach((frame, i) => {
        expect(frame.index).toBe(i)
        expect(frame.timestamp).toBe(framesToMicroseconds(i, fps))
        expect(frame.timestamp + frame.duration).toBe(framesToMicroseconds(i + 1, fps))
      })
    }
  })

  it('gives the first frame with the first packet and holds one packet at most', () => {
    const resampler = new MotionResampler(() => 30)
    for (let i = 0; i < 5; i++)
      expect([...resampler.push(motion(i))].map((frame) => frame.index)).toEqual([i])
  })

  it('mixes neighbours linearly', () => {
    const resampler = new MotionResampler(() => 25)
    const frames = [0, 1, 2, 3].flatMap((i) => [...resampler.push(motion(i))])
    // Frame 1 at 40 ms lies 1.2 motion frames in.
    expect(frames[1]!.weights[0]).toBeCloseTo(0.012, 4)
    expect(frames[1]!.rotation[1]).toBeCloseTo(-0.012, 4)
  })

  it('counts from the end of the last frame where the rate changes: no gap, no overlap, whole microseconds', () => {
    let fps = 30
    const resampler = new MotionResampler(() => fps)
    const frames = []
    for (let i = 0; i < 90; i++) {
      if (i === 20) fps = 24
      if (i === 50) fps = 60
      if (i === 70) fps = 8
      frames.push(...resampler.push(motion(i)))
    }
    frames.push(...resampler.flush())
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i))
    for (const [i, { timestamp, duration }] of frames.entries()) {
      expect(Number.isInteger(timestamp) && Number.isInteger(duration)).toBe(true)
      if (i > 0) expect(timestamp).toBe(frames[i - 1]!.timestamp + frames[i - 1]!.duration)
    }
    // Motion at the picture's moment is that moment's, whatever the rate: one hundredth a motion frame.
    for (const { timestamp, weights } of frames) {
      expect(weights[0]).toBeCloseTo(Math.min(89, (timestamp * 30) / 1e6) / 100, 4)
    }
    const last = frames.at(-1)!
    expect(last.timestamp).toBeLessThan(3_000_000)
    expect(last.timestamp + last.duration).toBeGreaterThanOrEqual(3_000_000)
    // In the middle second: 24 a second at its beginning, 60 at its end.
    const durations = new Set(frames.map(({ duration }) => Math.round(1e6 / duration)))
    expect(durations).toEqual(new Set([30, 24, 60, 8]))
  })

  it('gives nothing for nothing', () => {
    expect([...new MotionResampler(() => 25).flush()]).toEqual([])
  })
})
