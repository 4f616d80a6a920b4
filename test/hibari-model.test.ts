import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseInstalled } from '../src/models/pin.js'
import { verifyManifest } from '../src/runtime/manifest-files.js'
import { createOrtSession } from '../src/runtime/ort.js'
import { dataOf } from '../src/runtime/tensor.js'

/** The folder that `phiz models where hibari` prints. */
const folder = process.env['PHIZ_TEST_HIBARI']

it.skipIf(folder === undefined)(
  `the voice's durations cover its sound exactly${folder === undefined ? ' (skipped: PHIZ_TEST_HIBARI is not set)' : ''}`,
  async () => {
    const manifest = parseInstalled(await readFile(join(folder!, 'model.json'), 'utf8'), 'model.json')
    await verifyManifest(folder!, manifest, { hash: true })
    expect(manifest.exposed).toBe(true)

    const vocabulary = JSON.parse(await readFile(join(folder!, 'vocab.json'), 'utf8')) as Record<
      string,
      number
    >
    const phonemes = 'ðə kwˈɪk bɹˈWn fˈɑks, ænd ðˈɛn ˈɪt ɹˈʌnz.'
    const ids = [0, ...Array.from(phonemes, (symbol) => vocabulary[symbol]!), 0]
    const session = await createOrtSession(join(folder!, 'hibari.onnx'), { kind: 'cpu' })
    for (const speed of [0.5, 1, 1.3, 2]) {
      const { durations, f0, lh } = await session.run(
        {
          ids: { data: BigInt64Array.from(ids, BigInt), dims: [1, ids.length] },
          speed: { data: Float32Array.of(speed), dims: [1] },
        },
        ['durations', 'f0', 'lh'],
      )
      const units = dataOf(durations, 'float32')
      expect(durations.dims).toEqual([ids.length])
      expect(units.every((unit) => Number.isInteger(unit) && unit >= 1)).toBe(true)
      const frames = 2 * units.reduce((sum, unit) => sum + unit, 0)
      expect(f0.dims).toEqual([1, frames])
      expect(lh.dims).toEqual([1, 601, frames])
    }
    await session.release()
  },
)
