import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { TrackSmoother } from './smooth-track.js'

const FPS = 30
/** Width of the test face in pixels. */
const WIDTH = 300
/** Noise of each coordinate in pixels. */
const NOISE = 0.6
const UPPER_LID = 159
const LIPS = [13, 14]

let face: Float32Array
beforeAll(async () => {
  const file = new URL('../../../models/portrait/canonical-face.json', import.meta.url)
  const { vertices } = JSON.parse(await readFile(file, 'utf8')) as { vertices: number[] }
  const across = vertices[454 * 3]! - vertices[234 * 3]!
  face = Float32Array.from(vertices, (value, i) => ((i % 3 === 0 ? 1 : -1) * value * WIDTH) / across + 400)
})

/** Normally distributed numbers, the same on each run. */
function gaussian(seed = 1): () => number {
  let state = seed
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** The face of each frame, as it is and as a network sees it. */
function film(frames: number, pose: (t: number) => (point: number, axis: number) => number, noise = NOISE) {
  const random = gaussian()
  const truth: Float32Array[] = []
  const seen: Float32Array[] = []
  for (let t = 0; t < frames; t++) {
    const moved = pose(t)
    truth.push(face.map((value, i) => value + moved(Math.floor(i / 3), i % 3)))
    // A part of a network's noise moves the whole face.
    const whole = [random() * noise, random() * noise, random() * noise]
    seen.push(truth[t]!.map((value, i) => value + whole[i % 3]! + random() * noise))
  }
  return { truth, seen }
}

function smoothed(seen: readonly Float32Array[]): Float32Array[] {
  const smoother = new TrackSmoother(seen[0]!, FPS)
  for (const landmarks of seen) smoother.add(landmarks)
  return seen.map((_, t) => {
    const out = new Float32Array(face.length)
    smoother.smooth(t, out)
    return out
  })
}

function rms(a: readonly Float32Array[], b: readonly Float32Array[], from = 0, to = a.length): number {
  let sum = 0
  for (let t = from; t < to; t++) for (let i = 0; i < face.length; i++) sum += (a[t]![i]! - b[t]![i]!) ** 2
  return Math.sqrt(sum / ((to - from) * face.length))
}

/** Mean distance between frames that follow each other: what an eye sees as jitter. */
function jitter(track: readonly Float32Array[]): number {
  return rms(track.slice(1), track.slice(0, -1))
}

function errors(track: readonly Float32Array[], truth: readonly Float32Array[]): Float32Array[] {
  return track.map((landmarks, t) => landmarks.map((value, i) => value - truth[t]![i]!))
}

/** The mean of all points on one axis, less that of the true face. */
function meanError(a: Float32Array, b: Float32Array, axis: number): number {
  let sum = 0
  for (let i = axis; i < face.length; i += 3) sum += a[i]! - b[i]!
  return sum / (face.length / 3)
}

describe('TrackSmoother', () => {
  it('takes most of the jitter from a face that rests', () => {
    const { truth, seen } = film(90, () => () => 0)
    const out = smoothed(seen)
    expect(jitter(seen) / jitter(out)).toBeGreaterThan(6)
    expect(rms(seen, truth) / rms(out, truth)).toBeGreaterThan(2.2)
  })

  it('leaves what has no noise as it is', () => {
    const { truth, seen } = film(60, (t) => (_, axis) => (axis === 0 ? 30 * Math.sin(t / 5) : 0), 0)
    expect(rms(smoothed(seen), truth)).toBeLessThan(0.2)
  })

  it('does not lag behind a steady motion, from the first frame to the last', () => {
    const { truth, seen } = film(60, (t) => (_, axis) => (axis === 0 ? 0.5 * t : 0.2 * t))
    const out = smoothed(seen)
    const behind = out.map((landmarks, t) => meanError(landmarks, truth[t]!, 0))
    // One frame of lag would be half a pixel.
    expect(Math.abs(behind.reduce((sum, error) => sum + error, 0) / behind.length)).toBeLessThan(0.1)
    expect(rms(out, truth, 0, 3)).toBeLessThan(rms(seen, truth, 0, 3))
    expect(rms(out, truth, 57, 60)).toBeLessThan(rms(seen, truth, 57, 60))
    expect(rms(out, truth)).toBeLessThan(0.6 * rms(seen, truth))
    expect(jitter(errors(seen, truth)) / jitter(errors(out, truth))).toBeGreaterThan(4)
  })

  it('follows a nod, closer than what was seen', () => {
    // 6 % of the face's width, once a second, turning about the neck.
    const { truth, seen } = film(120, (t) => (point, axis) => {
      const angle = 0.12 * Math.sin((2 * Math.PI * t) / FPS)
      const [y, z] = [face[point * 3 + 1]! - 600, face[point * 3 + 2]! - 500]
      if (axis === 1) return y * (Math.cos(angle) - 1) - z * Math.sin(angle)
      return axis === 2 ? y * Math.sin(angle) + z * (Math.cos(angle) - 1) : 0
    })
    const out = smoothed(seen)
    expect(rms(out, truth)).toBeLessThan(rms(seen, truth))
    expect(jitter(errors(seen, truth)) / jitter(errors(out, truth))).toBeGreaterThan(2)
  })

  it('does not smear a sudden turn', () => {
    const { truth, seen } = film(60, (t) => (_, axis) => (axis === 0 && t >= 30 ? 0.1 * WIDTH : 0))
    const out = smoothed(seen)
    for (const t of [27, 28, 29, 30, 31, 32]) {
      expect(Math.abs(meanError(out[t]!, truth[t]!, 0)), `frame ${t}`).toBeLessThan(0.005 * WIDTH)
    }
    expect(rms(out, truth)).toBeLessThan(0.6 * rms(seen, truth))
  })

  it('keeps a blink and lips that meet', () => {
    const close = [0, 0.5, 1, 0.5]
    const { truth, seen } = film(60, (t) => (point, axis) => {
      if (axis !== 1) return 0
      if (point === UPPER_LID) return 10 * (close[t - 28] ?? 0)
      return LIPS.includes(point) ? 12 * Math.sin(t / 2) * (point === 13 ? -1 : 1) : 0
    })
    const out = smoothed(seen)
    for (const point of [UPPER_LID, ...LIPS]) {
      let [worstOut, worstSeen] = [0, 0]
      for (let t = 0; t < 60; t++) {
        worstOut = Math.max(worstOut, Math.abs(out[t]![point * 3 + 1]! - truth[t]![point * 3 + 1]!))
        worstSeen = Math.max(worstSeen, Math.abs(seen[t]![point * 3 + 1]! - truth[t]![point * 3 + 1]!))
      }
      expect(worstOut, `point ${point}`).toBeLessThan(Math.max(worstSeen, 2))
    }
    const lidBlink = out[30]![UPPER_LID * 3 + 1]! - out[20]![UPPER_LID * 3 + 1]!
    expect(lidBlink).toBeGreaterThan(8)
  })

  it('takes a track of one or two frames', () => {
    const { seen } = film(2, () => () => 0)
    expect(smoothed(seen.slice(0, 1))[0]!.every(Number.isFinite)).toBe(true)
    expect(smoothed(seen)[1]!.every(Number.isFinite)).toBe(true)
  })
})
