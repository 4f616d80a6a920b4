import { describe, expect, it } from 'vitest'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import { quietMouth } from './quiet-mouth.js'

const FPS = 30

/** Frames that are all 0.5, and what becomes of them at these levels. */
function settled(levels: readonly number[]): readonly Float32Array[] {
  const frames = levels.map(() => new Float32Array(BLENDSHAPE_COUNT).fill(0.5))
  quietMouth(frames, Float32Array.from(levels), FPS)
  return frames
}

function seconds(length: number, level: number): number[] {
  return Array.from({ length: length * FPS }, () => level)
}

describe('quietMouth', () => {
  const spoken = [...seconds(1, 0.1), ...seconds(1, 0.0005), ...seconds(1, 0.1)]
  const jaw = settled(spoken).map((weights) => weights[B.jawOpen]!)

  it('leaves frames with sound alone, and nearly closes the mouth in the depth of a silence', () => {
    expect(jaw.filter((_, i) => spoken[i] === 0.1).every((value) => value === 0.5)).toBe(true)
    expect(jaw.slice(35, 55).every((value) => value < 0.051)).toBe(true)
  })

  it('changes gradually', () => {
    const steps = jaw.slice(1).map((value, i) => Math.abs(value - jaw[i]!))
    expect(Math.max(...steps)).toBeLessThan(0.15)
  })

  it('rests to the very ends of the recording', () => {
    const ends = settled([...seconds(0.5, 0), ...seconds(1, 0.1), ...seconds(0.5, 0)])
    expect(ends[0]![B.jawOpen]).toBeCloseTo(0.05)
    expect(ends.at(-1)![B.jawOpen]).toBeCloseTo(0.05)
  })

  it('keeps the short silences of consonants, and what is no speech', () => {
    const closure = settled([...seconds(1, 0.1), ...seconds(0.1, 0), ...seconds(1, 0.1)])
    expect(closure.every((weights) => weights[B.jawOpen] === 0.5)).toBe(true)
    const frame = settled(spoken)[45]!
    for (const name of ['eyeBlinkLeft', 'browInnerUp', 'mouthSmileLeft', 'mouthFrownRight'] as const) {
      expect(frame[B[name]]).toBe(0.5)
    }
  })

  it('rests all through when there is no sound at all', () => {
    expect(settled(seconds(1, 0)).every((weights) => weights[B.mouthFunnel]! < 0.051)).toBe(true)
  })
})
