import { describe, expect, it } from 'vitest'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX as B, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { BlinkSchedule } from './blink.js'
import { Drift } from './drift.js'
import { HEAD_SWAY, idleMotion, type Rotation } from './idle-motion.js'
import { SeededRandom } from './random.js'

interface Pose {
  readonly weights: Float32Array
  readonly rotation: Rotation
}

function poses(seed: number, fps: number, indices: readonly number[]): Pose[] {
  const idle = idleMotion(seed, fps)
  return indices.map((index) => {
    const pose: Pose = { weights: new Float32Array(BLENDSHAPE_COUNT), rotation: [0, 0, 0] }
    idle.write(index, pose.weights, pose.rotation)
    return pose
  })
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

const TEN_MINUTES = 18_000

describe('idleMotion', () => {
  const life = poses(11, 30, range(TEN_MINUTES))

  it('depends on seed and index alone: skipping, going back and starting anew give the same frames', () => {
    expect(poses(11, 30, [17_000, 40, 900, 899])).toEqual([17_000, 40, 900, 899].map((index) => life[index]))
  })

  it('gives another life for another seed', () => {
    const other = poses(12, 30, range(300))
    expect(other).not.toEqual(life.slice(0, 300))
    expect(other[100]!.rotation).not.toEqual(life[100]!.rotation)
  })

  it('is the same motion at another frame rate', () => {
    // Frame 10 at 30 fps and frame 17.0 + 0.5 at 50 fps are both 0.35 s.
    expect(poses(11, 50, [17])[0]!.rotation).toEqual(life[10]!.rotation)
  })

  it('keeps weights in [0, 1] and the head within its sway', () => {
    for (const { weights, rotation } of life) {
      expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
      expect(rotation.every((angle, axis) => Math.abs(angle) <= HEAD_SWAY[axis]!)).toBe(true)
    }
  })

  it('moves the head, but slowly: less than 6° a second', () => {
    for (const axis of [0, 1, 2]) {
      const angles = life.map(({ rotation }) => rotation[axis]!)
      expect(Math.max(...angles) - Math.min(...angles)).toBeGreaterThan(HEAD_SWAY[axis]!)
      const fastest = Math.max(...angles.slice(1).map((angle, i) => Math.abs(angle - angles[i]!)))
      expect(fastest * 30).toBeLessThan((6 * Math.PI) / 180)
    }
  })

  it('blinks 10–25 times a minute, each blink 0.2–0.4 s long, at uneven intervals', () => {
    const starts: number[] = []
    let shut = 0
    for (const [i, { weights }] of life.entries()) {
      const isShut = weights[B.eyeBlinkLeft]! > 0.5
      if (isShut && !(i > 0 && life[i - 1]!.weights[B.eyeBlinkLeft]! > 0.5)) starts.push(i / 30)
      if (isShut) shut += 1
    }
    expect(starts.length / 10).toBeGreaterThan(10)
    expect(starts.length / 10).toBeLessThan(25)
    // Over half shut for about 0.15 s of each blink.
    expect(shut / 30 / starts.length).toBeGreaterThan(0.1)
    expect(shut / 30 / starts.length).toBeLessThan(0.25)
    const intervals = starts.slice(1).map((start, i) => start - starts[i]!)
    expect(Math.max(...intervals)).toBeLessThan(7)
    expect(intervals.filter((interval) => interval < 0.6).length / intervals.length).toBeLessThan(0.25)
    const mean = intervals.reduce((sum, interval) => sum + interval, 0) / intervals.length
    const spread = Math.sqrt(
      intervals.reduce((sum, interval) => sum + (interval - mean) ** 2, 0) / intervals.length,
    )
    expect(spread / mean).toBeGreaterThan(0.25)
  })

  it('shuts the eyes fully at the frame rate of a film', () => {
    const deepest = Math.max(...life.map(({ weights }) => weights[B.eyeBlinkLeft]!))
    expect(deepest).toBeGreaterThan(0.95)
  })

  it('looks about: both eyes together, in jumps with rests between', () => {
    const across = life.map(({ weights }) => weights[B.eyeLookOutLeft]! - weights[B.eyeLookInLeft]!)
    const withRight = life.map(({ weights }) => weights[B.eyeLookInRight]! - weights[B.eyeLookOutRight]!)
    expect(withRight).toEqual(across)
    expect(Math.max(...across)).toBeGreaterThan(0.15)
    expect(Math.min(...across)).toBeLessThan(-0.15)
    const jumps = across.slice(1).filter((x, i) => Math.abs(x - across[i]!) > 0.04).length
    expect(jumps / 600).toBeGreaterThan(0.1)
    expect(jumps / 600).toBeLessThan(2.5)
  })

  it('leaves the articulating mouth alone and lets everything else live', () => {
    const articulating =
      /^(jawOpen|jawForward|mouthClose|mouthFunnel|mouthPucker|mouthRoll|mouthShrug|mouthPress|mouthStretch|mouthLowerDown|mouthUpperUp|mouthFrown|tongueOut)/
    for (const [channel, name] of BLENDSHAPE_NAMES.entries()) {
      const values = life.slice(0, 3000).map(({ weights }) => weights[channel]!)
      const moved = Math.max(...values) - Math.min(...values)
      if (articulating.test(name)) expect(moved, name).toBe(0)
      else expect(moved, name).toBeGreaterThan(0.005)
    }
  })

  it('is calm: nothing but eyes and lids moves faster than 0.01 a frame', () => {
    for (const [channel, name] of BLENDSHAPE_NAMES.entries()) {
      if (name.startsWith('eye')) continue
      for (let i = 1; i < 3000; i++) {
        const step = Math.abs(life[i]!.weights[channel]! - life[i - 1]!.weights[channel]!)
        expect(step, name).toBeLessThan(0.01)
      }
    }
  })
})

describe('BlinkSchedule', () => {
  it('falls faster than it rises', () => {
    const blinks = new BlinkSchedule(new SeededRandom(5, 'blink'))
    const lids = Array.from({ length: 60_000 }, (_, i) => blinks.at(i / 1000))
    const rising = lids.slice(1).filter((lid, i) => lid < lids[i]!).length
    const falling = lids.slice(1).filter((lid, i) => lid > lids[i]!).length
    expect(falling / rising).toBeGreaterThan(0.35)
    expect(falling / rising).toBeLessThan(0.65)
  })
})

describe('Drift', () => {
  it('stays within [-1, 1] and within its band', () => {
    const drift = new Drift(new SeededRandom(1, 'drift'), { lowHz: 0.1, highHz: 0.5 })
    const values = Array.from({ length: 60_000 }, (_, i) => drift.at(i / 100))
    expect(values.every((value) => Math.abs(value) <= 1)).toBe(true)
    const crossings = values.slice(1).filter((value, i) => value > 0 !== values[i]! > 0).length
    // A sine of f Hz crosses zero 2f times a second.
    expect(crossings / 600).toBeGreaterThan(2 * 0.1)
    expect(crossings / 600).toBeLessThan(2 * 0.5)
  })
})

describe('SeededRandom', () => {
  it('is uniform, repeats for the same seed and name, and differs for another name', () => {
    const draw = (seed: number, name: string): number[] => {
      const random = new SeededRandom(seed, name)
      return Array.from({ length: 10_000 }, () => random.next())
    }
    const values = draw(1, 'a')
    expect(draw(1, 'a')).toEqual(values)
    expect(draw(1, 'b')).not.toEqual(values)
    expect(draw(2, 'a')).not.toEqual(values)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = values.filter((value) => Math.floor(value * 10) === tenth).length / values.length
      expect(Math.abs(share - 0.1)).toBeLessThan(0.015)
    }
  })
})
