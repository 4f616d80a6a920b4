import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { floats, readGolden } from './read-golden.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golden-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function store(index: object, bytes: Uint8Array, file = 'golden.bin') {
  writeFileSync(join(folder, 'golden.json'), JSON.stringify(index))
  writeFileSync(join(folder, file), bytes)
}

describe('readGolden', () => {
  it('reads each type, at any offset', () => {
    const bytes = new Uint8Array(32)
    const view = new DataView(bytes.buffer)
    bytes.set([7, 8, 255])
    view.setFloat32(3, -1.5, true)
    view.setFloat32(7, 0.25, true)
    view.setInt32(11, -70_000, true)
    for (const [i, half] of [0x3c00, 0xc000, 0x0001, 0x3555, 0x7c00, 0xfe00].entries())
      view.setUint16(15 + 2 * i, half, true)
    store(
      {
        bytes: { offset: 0, dtype: 'uint8', shape: [3] },
        floats: { offset: 3, dtype: 'float32', shape: [2, 1] },
        whole: { offset: 11, dtype: 'int32', shape: [1] },
        halves: { offset: 15, dtype: 'float16', shape: [6] },
      },
      bytes,
    )
    const golden = readGolden(folder)
    expect(golden['bytes']).toEqual({ dtype: 'uint8', shape: [3], data: Uint8Array.of(7, 8, 255) })
    expect(golden['floats']).toEqual({ dtype: 'float32', shape: [2, 1], data: Float32Array.of(-1.5, 0.25) })
    expect(golden['whole']?.data).toEqual(Int32Array.of(-70_000))
    expect(golden['halves']).toEqual({
      dtype: 'float32',
      shape: [6],
      data: Float32Array.of(1, -2, 2 ** -24, 0.333251953125, Infinity, NaN),
    })
    expect(floats(golden, 'floats')).toEqual(Float32Array.of(-1.5, 0.25))
    expect(() => floats(golden, 'bytes')).toThrow('bytes is uint8')
    expect(() => floats(golden, 'none')).toThrow('none is missing')
  })

  it('reads an entry from the file it names', () => {
    store({ a: { file: 'other.bin', dtype: 'uint8', shape: [2] } }, Uint8Array.of(1, 2), 'other.bin')
    expect(readGolden(folder)['a']?.data).toEqual(Uint8Array.of(1, 2))
  })

  it('names the tensor that cannot be read', () => {
    store({ long: { offset: 1, dtype: 'float32', shape: [2] } }, new Uint8Array(8))
    expect(() => readGolden(folder)).toThrow('long: needs bytes 1 to 9 of a file of 8')
    store({ odd: { dtype: 'float64', shape: [1] } }, new Uint8Array(8))
    expect(() => readGolden(folder)).toThrow('odd: has the type float64')
  })

  it('reads the stored tensors of LAM-A2E whole', () => {
    const golden = readGolden(join(import.meta.dirname, 'lam-a2e'))
    expect(golden['audio']?.shape).toEqual([48_000])
    expect(golden['network.whole']?.shape).toEqual([90, 52])
    for (const [name, { shape, data }] of Object.entries(golden)) {
      expect(data.length, name).toBe(shape.reduce((product, size) => product * size, 1))
      expect(data.every(Number.isFinite), name).toBe(true)
    }
  })
})
