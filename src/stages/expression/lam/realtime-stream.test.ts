/** The stream with networks that say what they are told, so that its own doing shows. */
import { expect, it } from 'vitest'
import { lamFrames } from './contract.js'
import { HELD_BACK, RECORDING_HOPS, STREAM_HOPS } from './hops.js'
import { RealtimeStream } from './realtime-stream.js'
import { rowsOf } from './rows.js'

const JAW = 24

/** A voice that does not stop, so that the mouth stays free. Every sample is known by its value. */
function voice(samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, i) => (i % 2 === 0 ? 1 : -1) * (0.1 + i / 1e6))
}

/** A network whose windows are known by their number: window n says `value(n)` in all frames. */
function scripted(value: (window: number) => number): {
  readonly run: (samples: Float32Array) => Promise<Float32Array>
  readonly windows: Float32Array[]
} {
  const windows: Float32Array[] = []
  const run = (samples: Float32Array): Promise<Float32Array> => {
    windows.push(samples.slice())
    return Promise.resolve(new Float32Array(lamFrames(samples.length) * 52).fill(value(windows.length - 1)))
  }
  return { run, windows }
}

async function jawOf(stream: RealtimeStream, sound: Float32Array, size = 4000): Promise<number[]> {
  const jaw: number[] = []
  for (let at = 0; at < sound.length; at += size) {
    for await (const rows of stream.process(sound.subarray(at, at + size))) {
      jaw.push(...rowsOf(rows).map((row) => row[JAW]!))
    }
  }
  for await (const rows of stream.flush()) jaw.push(...rowsOf(rows).map((row) => row[JAW]!))
  return jaw
}

it('gives the network the sound that came before, and silence before the beginning', async () => {
  const { run, windows } = scripted(() => 0.5)
  const sound = voice(96_000)
  await jawOf(new RealtimeStream(run, STREAM_HOPS), sound)
  // 0.2, 0.4, 0.7, 1, 1.5, 2 s, and whole seconds from then on.
  for (const [i, seconds] of [0.2, 0.4, 0.7, 1, 1.5, 2, 3, 4, 5, 6].entries()) {
    const end = Math.round(seconds * 16_000)
    // Half a window for the first second, of which little has been heard.
    const expected = new Float32Array(seconds <= 1 ? 16_533 : 34_133)
    const known = sound.subarray(Math.max(0, end - expected.length), end)
    expected.set(known, expected.length - known.length)
    expect(windows[i], `the window at ${seconds} s`).toEqual(expected)
  }
  expect(windows).toHaveLength(10)
})

it('takes long hops through a recording, each heard with some of what came before', async () => {
  const { run, windows } = scripted(() => 0.5)
  const sound = voice(96_000)
  expect(await jawOf(new RealtimeStream(run, RECORDING_HOPS), sound)).toHaveLength(180)
  expect(windows).toHaveLength(2)
  expect(windows[1]).toEqual(sound.slice(96_000 - 48_533))
})

it('makes as many rows as the network has for a sound of any length', async () => {
  for (const length of [0, 1, 533, 534, 1600, 3200, 3201, 6400, 16_000, 16_001, 47_999, 48_000]) {
    const { run } = scripted(() => 0.5)
    expect(await jawOf(new RealtimeStream(run, STREAM_HOPS), voice(length)), `${length}`).toHaveLength(
      lamFrames(length),
    )
  }
})

it('goes from one window’s mind to the next one’s over the frames held back, without a jump', async () => {
  const { run } = scripted((window) => (window % 2 === 0 ? 0.2 : 0.8))
  const jaw = await jawOf(new RealtimeStream(run, STREAM_HOPS), voice(64_000))
  const largest = Math.max(...jaw.slice(1).map((value, i) => Math.abs(value - jaw[i]!)))
  expect(largest).toBeLessThan(0.6 / HELD_BACK)
  // Away from the seams each window's mind is kept: those at 1.5 and 2 s are of windows 5 and 6.
  expect(jaw.slice(47, 55).every((value) => Math.abs(value - 0.8) < 1e-6)).toBe(true)
  expect(jaw.slice(62, 85).every((value) => Math.abs(value - 0.2) < 1e-6)).toBe(true)
})

it('gives the same rows however the sound is cut', async () => {
  const echo = (samples: Float32Array): Promise<Float32Array> =>
    Promise.resolve(
      Float32Array.from({ length: lamFrames(samples.length) * 52 }, (_, i) =>
        Math.abs(samples[(i * 7) % samples.length]!),
      ),
    )
  const sound = voice(50_000)
  const whole = await jawOf(new RealtimeStream(echo, STREAM_HOPS), sound, sound.length)
  for (const size of [37, 333, 8000])
    expect(await jawOf(new RealtimeStream(echo, STREAM_HOPS), sound, size)).toEqual(whole)
})

it('shuts the mouth in silence, and only the mouth', async () => {
  const { run } = scripted(() => 0.5)
  const sound = voice(64_000)
  sound.fill(0, 16_000, 48_000)
  const stream = new RealtimeStream(run, STREAM_HOPS)
  const rows: Float32Array[] = []
  for await (const matrix of stream.process(sound)) rows.push(...rowsOf(matrix))
  for await (const matrix of stream.flush()) rows.push(...rowsOf(matrix))
  const jaw = rows.map((row) => row[JAW]!)
  expect(jaw.slice(0, 30).every((value) => value > 0.49)).toBe(true)
  expect(jaw.slice(42, 87).every((value) => value === 0)).toBe(true)
  expect(jaw.slice(90, 118).every((value) => value > 0.49)).toBe(true)
  expect(rows.every((row) => Math.abs(row[0]! - 0.5) < 1e-6)).toBe(true)
})

it('keeps what moves to a side, and evens out the muscles', async () => {
  const run = (samples: Float32Array): Promise<Float32Array> => {
    const matrix = new Float32Array(lamFrames(samples.length) * 52)
    for (const row of rowsOf(matrix)) {
      row[23] = 0.4 // jawLeft
      row[43] = 0.4 // mouthSmileLeft
    }
    return Promise.resolve(matrix)
  }
  for await (const matrix of new RealtimeStream(run, STREAM_HOPS).process(voice(3200))) {
    const row = rowsOf(matrix)[2]!
    expect([row[23], row[25], row[43], row[44]].map((value) => value!.toFixed(3))).toEqual([
      '0.400',
      '0.000',
      '0.200',
      '0.200',
    ])
  }
})
