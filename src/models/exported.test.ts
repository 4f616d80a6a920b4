import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveConfig } from '../config/load.js'
import type { SettingValues } from '../config/settings.js'
import { ModelLoadError, UnavailableError } from '../errors.js'
import {
  exportedFolder,
  lookAtExported,
  requireExported,
  verifyExported,
  weightsNote,
  type ExportedState,
} from './exported.js'
import { writeExportedLam, type ExportedLam } from './fixtures/exported-model.js'
import { tryExported } from './try-exported.js'

let root: string
let folder: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'phiz-exported-'))
  folder = join(root, 'lam-a2e')
})
afterEach(() => rm(root, { recursive: true }))

const { signal } = new AbortController()
const configured = (flags: SettingValues = {}) =>
  resolveConfig({ flags: { 'models.directory': root, ...flags } })
const look = (): ExportedState => lookAtExported(configured(), 'lam-a2e')
const damageOf = (found: ExportedState): string => (found.state === 'damaged' ? found.damage : found.state)

describe('an exported model', () => {
  it('is in the folder of its engine, or else in that of the models', () => {
    expect(exportedFolder(configured(), 'lam-a2e')).toBe(folder)
    expect(exportedFolder(configured(), 'musetalk')).toBe(join(root, 'musetalk'))
    const named = configured({ 'lam.folder': join(root, 'a'), 'musetalk.folder': join(root, 'b') })
    expect([exportedFolder(named, 'lam-a2e'), exportedFolder(named, 'musetalk')]).toEqual([
      join(root, 'a'),
      join(root, 'b'),
    ])
  })

  it('is there when its files are', async () => {
    expect(look()).toEqual({ state: 'missing' })
    await writeExportedLam(folder)
    const found = look()
    expect(found).toMatchObject({
      state: 'installed',
      folder,
      manifest: { id: 'lam-a2e', precision: 'fp32' },
    })
    expect(await verifyExported(configured(), 'lam-a2e', signal)).toEqual(found)
    expect(requireExported(configured(), 'lam-a2e')).toMatchObject({ folder })
  })

  it('is damaged when a file is missing, cut or changed', async () => {
    await writeExportedLam(folder)
    const graph = join(folder, 'lam-a2e.onnx')
    await truncate(graph, 7)
    expect(damageOf(look())).toMatch(/^lam-a2e\.onnx has 7 bytes; \d+ were expected$/)
    await rm(graph)
    expect(damageOf(look())).toBe('lam-a2e.onnx is missing')

    await writeExportedLam(folder, (manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => ({ ...file, sha256: '0'.repeat(64) })),
    }))
    expect(look()).toMatchObject({ state: 'installed' })
    const verified = await verifyExported(configured(), 'lam-a2e', signal)
    expect(damageOf(verified)).toMatch(/lam-a2e\.onnx has the SHA-256 \w+; 0{64} was expected/)
  })

  it('is damaged when its manifest is not one', async () => {
    await mkdir(folder)
    expect(damageOf(look())).toBe(`${folder} has no model.json`)
    await writeFile(join(folder, 'model.json'), '{')
    expect(damageOf(look())).toMatch(/model\.json is not JSON/)
    const damageBy = async (change: (manifest: ExportedLam) => object): Promise<string> => {
      await writeExportedLam(folder, change)
      return damageOf(look())
    }
    expect(await damageBy((manifest) => ({ ...manifest, precision: 'fp8' }))).toMatch(/: precision: /)
    expect(await damageBy((manifest) => ({ ...manifest, source: { kind: 'random' } }))).toMatch(
      /source\.seed/,
    )
    expect(await damageBy((manifest) => ({ ...manifest, id: 'musetalk' }))).toMatch(
      /is of "musetalk", not of "lam-a2e"/,
    )
    expect(await damageBy((manifest) => ({ ...manifest, files: [] }))).toMatch(
      /inputs\.0\.graph: "lam-a2e\.onnx" is not one of the files/,
    )
  })

  it('that an engine needs is asked for with the command that makes it', async () => {
    const need = (flags?: SettingValues) => () => requireExported(configured(flags), 'lam-a2e')
    expect(need()).toThrow(UnavailableError)
    expect(need()).toThrow(
      `lam-a2e is not in ${folder}. Export it from its official weights: "python models/lam-a2e/export.py ` +
        `--weights LAM_audio2exp_streaming.tar --output ${folder}" (see docs/models.md).`,
    )
    await mkdir(folder)
    expect(need()).toThrow(ModelLoadError)
    const checkpoint = join(root, "it's official.tar")
    await writeFile(checkpoint, 'weights')
    expect(need({ 'lam.folder': checkpoint })).toThrow(
      `is a file, not the folder of an exported model. Export it from its official weights: ` +
        `"python models/lam-a2e/export.py --weights '${root}/it'\\''s official.tar' --output ${folder}"`,
    )
  })

  it('with random weights says so', async () => {
    await writeExportedLam(folder)
    const note = () => weightsNote(requireExported(configured(), 'lam-a2e').manifest)
    expect(note()).toBeUndefined()
    await writeExportedLam(folder, (manifest) => ({ ...manifest, source: { kind: 'random', seed: 7 } }))
    expect(note()).toMatch(/^random weights: .* nothing meaningful$/)
  })
})

describe('tryExported', () => {
  const attempt = () => tryExported(requireExported(configured(), 'lam-a2e'), { kind: 'cpu' }, signal)

  it('loads the graphs and compares them with the manifest', async () => {
    await writeExportedLam(folder)
    await attempt()
    await writeExportedLam(folder, ({ outputs: [output], ...manifest }) => ({
      ...manifest,
      outputs: [{ ...output!, shape: ['batch', 'frames', 52] }],
    }))
    await expect(attempt()).rejects.toThrow(
      'lam-a2e.onnx is not what model.json describes: ' +
        'its output is weights: float32 [1, 52] instead of weights: float32 [batch, frames, 52]',
    )
  })

  it('tells a graph that does not load', async () => {
    await writeExportedLam(folder, (manifest) => ({
      ...manifest,
      files: [{ ...manifest.files[0]!, bytes: 8 }],
    }))
    await writeFile(join(folder, 'lam-a2e.onnx'), 'no graph')
    await expect(attempt()).rejects.toThrow(ModelLoadError)
    await expect(attempt()).rejects.toThrow(/lam-a2e\.onnx cannot be loaded/)
  })
})
