import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ModelLoadError } from '../../errors.js'
import { createOrtSession } from '../ort.js'
import { dataOf } from '../tensor.js'
import { onnxFromTflite } from './convert.js'
import { faceNetwork } from './fixtures/face-networks.js'
import { Interpreter } from './fixtures/interpreter.js'
import { onnxConstants } from './fixtures/onnx-constants.js'

const PORTRAIT = new URL('../../../test/media/portrait-astronaut.png', import.meta.url).pathname

/** A face, channels last, each byte as `gain` × byte + `offset`. */
async function face(side: number, gain: number, offset: number): Promise<Float32Array> {
  const image = sharp(PORTRAIT).extract({ left: 145, top: 45, width: 160, height: 160 })
  const bytes = await image.resize(side, side).removeAlpha().raw().toBuffer()
  return Float32Array.from(bytes, (byte) => byte * gain + offset)
}

/** [height, width, channels] → [channels, height, width] */
function channelsFirst(picture: Float32Array): Float32Array {
  const plane = picture.length / 3
  return picture.map((_, i) => picture[(i % plane) * 3 + Math.floor(i / plane)]!)
}

const networks = [
  { name: 'face_detection_short_range.tflite', side: 128, gain: 2 / 255, offset: -1 },
  { name: 'face_landmark.tflite', side: 192, gain: 1 / 255, offset: 0 },
] as const

describe.each(networks)('$name', ({ name, side, gain, offset }) => {
  const tflite = faceNetwork(name)

  it('gives on onnxruntime what its own operators give', async () => {
    const picture = await face(side, gain, offset)
    const wanted = new Interpreter(tflite).run(picture)
    const graph = await createOrtSession({ name, bytes: onnxFromTflite(tflite) }, { kind: 'cpu' })
    const [input] = graph.inputs
    expect(input?.shape).toEqual([1, 3, side, side])
    const results = await graph.run({
      [input!.name]: { data: channelsFirst(picture), dims: [1, 3, side, side] },
    })
    await graph.release()
    expect(Object.keys(results).sort()).toEqual(Object.keys(wanted).sort())
    for (const [output, { data }] of Object.entries(wanted)) {
      const given = dataOf(results[output]!, 'float32')
      expect(given).toHaveLength(data.length)
      const most = data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - given[i]!)), 0)
      expect(most, output).toBeLessThan(1e-3)
    }
  })

  it('keeps every weight', () => {
    // In another order, so each constant's values are compared sorted; where they belong, the test above shows.
    const sorted = (constants: Iterable<ArrayLike<number>>): string[] =>
      Array.from(constants, (values) => Float64Array.from(values).sort().join()).sort()
    const stored = new Interpreter(tflite).constants.filter(({ floating }) => floating)
    const written = onnxConstants(onnxFromTflite(tflite)).flatMap(({ data }) => (data ? [data] : []))
    expect(written.length).toBeGreaterThan(50)
    expect(sorted(written)).toEqual(sorted(stored.map(({ data }) => data)))
  })
})

describe('a model that cannot be converted', () => {
  const detector = faceNetwork('face_detection_short_range.tflite')

  /** Conversion gives a graph or a ModelLoadError, nothing else. */
  const failureOf = (bytes: Uint8Array): string | undefined => {
    try {
      onnxFromTflite(bytes)
      return undefined
    } catch (error) {
      if (!(error instanceof ModelLoadError)) throw error
      return error.message
    }
  }

  it('is told by the operator that is not known', () => {
    const message = failureOf(faceNetwork('face_landmark_with_attention.tflite'))
    expect(message).toContain('uses operators that cannot be converted: builtin 18, ')
    expect(message).toContain('"Landmarks2TransformMatrix", ')
    expect(message).toMatch(/; only these can: ADD, .*, PRELU\.$/)
  })

  it('is told apart from what is no model', () => {
    expect(failureOf(new TextEncoder().encode('not a model, but a text that is long enough'))).toBe(
      'The bytes are no TFLite model: "TFL3" is missing at byte 4.',
    )
    expect(failureOf(new Uint8Array())).toBe('The TFLite model is damaged: it refers to byte 8, but has 0.')
    expect(failureOf(new Uint8Array(64).fill(255))).toContain('no TFLite model')
    const empty = Uint8Array.of(12, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33, 4, 0, 4, 0, 4, 0, 0, 0)
    expect(failureOf(empty)).toBe('The TFLite model has no subgraph.')
  })

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < detector.length; length += 1499) {
      expect(failureOf(detector.subarray(0, length)), `${length} bytes`).toMatch(/damaged|no TFLite model/)
    }
  })

  it('never breaks the converter, whatever is damaged', () => {
    const stored = new Interpreter(detector).constants
    const isStructure = (at: number): boolean => stored.every(({ start, end }) => at < start || at >= end)
    const structure = Array.from(detector.keys()).filter(isStructure)
    const random = randomIntegers(7)
    let refused = 0
    for (let k = 0; k < 400; k++) {
      const damaged = detector.slice()
      for (let n = 0; n <= k % 4; n++) damaged[structure[random(structure.length)]!] = random(256)
      if (failureOf(damaged) !== undefined) refused += 1
    }
    expect(refused).toBeGreaterThan(100)
  })
})

/** Integers from 0 to before `most`, the same ones each time. */
function randomIntegers(seed: number): (most: number) => number {
  let state = seed
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}
