import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ModelLoadError } from '../../errors.js'
import { hearingModel } from './model.js'
import { readWeights } from './weights.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-weights-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('reads the model of the installed package', async () => {
  const bytes = await readWeights(join(hearingModel().folder, 'silero_vad_16k_op15.onnx'))
  expect(bytes).toHaveLength(1_289_603)
})

it('refuses a file that is missing or another', async () => {
  const file = join(folder, 'silero_vad_16k_op15.onnx')
  await expect(readWeights(file)).rejects.toThrow(
    /cannot be read: .*Install the packages again with "npm ci"/,
  )
  await writeFile(file, 'something else')
  await expect(readWeights(file)).rejects.toThrow(ModelLoadError)
  await expect(readWeights(file)).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}; 7ed98dd.* was expected/)
})
