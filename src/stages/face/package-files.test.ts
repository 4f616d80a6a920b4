import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelLoadError } from '../../errors.js'
import { createInlineEngine } from '../../runtime/inline-engine.js'
import { faceModel } from './model.js'
import { readFaceNetworks } from './package-files.js'
import { packedFile, packedFilesOf } from './packed-files.js'
import program from './program.js'

const { folder: modelFolder, config } = faceModel()
const DATA = 'face_mesh_solution_packed_assets.data'
const LOADER = 'face_mesh_solution_packed_assets_loader.js'

describe('the package of the face networks', () => {
  let copy: string

  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'phiz-face-'))
    for (const file of ['package.json', DATA, LOADER]) {
      await copyFile(join(config.packageFolder, file), join(copy, file))
    }
  })

  afterEach(async () => {
    await rm(copy, { recursive: true })
  })

  it('has both, as TFLite files', async () => {
    const { detector, mesh } = await readFaceNetworks(modelFolder, copy)
    expect([detector.length, mesh.length]).toEqual([229_032, 1_241_896])
    for (const network of [detector, mesh]) {
      expect(new TextDecoder().decode(network.subarray(4, 8))).toBe('TFL3')
    }
  })

  it('must be of the version that is known', async () => {
    await writeFile(join(copy, 'package.json'), JSON.stringify({ version: '0.5.0' }))
    await expect(readFaceNetworks(modelFolder, copy)).rejects.toThrow(
      `@mediapipe/face_mesh in ${copy} has the version 0.5.0; 0.4.1657299874 is needed. ` +
        'Install the packages again with "npm ci".',
    )
  })

  it('must be there', async () => {
    await rm(join(copy, 'package.json'))
    await expect(readFaceNetworks(modelFolder, copy)).rejects.toThrow(ModelLoadError)
    await expect(readFaceNetworks(modelFolder, copy)).rejects.toThrow(
      /package\.json cannot be read: .*"npm ci"\.$/,
    )
  })

  it('must not have been changed', async () => {
    const data = await readFile(join(copy, DATA))
    data[3_000_000]! ^= 1
    await writeFile(join(copy, DATA), data)
    await expect(readFaceNetworks(modelFolder, copy)).rejects.toThrow(/data has the SHA-256 .* was expected/)
    await writeFile(join(copy, DATA), data.subarray(0, 3_000_000))
    await expect(readFaceNetworks(modelFolder, copy)).rejects.toThrow(
      /data has 3000000 bytes; 3986256 were expected/,
    )
  })

  it('fails the load of the model with its own error', async () => {
    await rm(join(copy, LOADER))
    const options = { folder: modelFolder, config: { packageFolder: copy } }
    await expect(createInlineEngine(program, options)).rejects.toThrow(ModelLoadError)
    await expect(createInlineEngine(program, options)).rejects.toThrow(/loader\.js is missing/)
  })
})

describe('packed files', () => {
  const loader = 'x();loadPackage({"files": [{"filename": "/a/one.bin", "start": 2, "end": 4}], "size": 9});'

  it('lie where the loader script says', () => {
    const data = Uint8Array.of(0, 1, 2, 3, 4)
    expect([...packedFile(data, packedFilesOf(loader), 'one.bin')]).toEqual([2, 3])
  })

  it('are refused when the list or the data is not right', () => {
    expect(() => packedFilesOf('x()')).toThrow('The loader script has no list "files".')
    expect(() => packedFilesOf('"files": [{"filename": 3}]')).toThrow(ModelLoadError)
    expect(() => packedFilesOf('"files": [oops]')).toThrow(ModelLoadError)
    const files = packedFilesOf(loader)
    expect(() => packedFile(new Uint8Array(9), files, 'two.bin')).toThrow(
      '"two.bin" is not among the packed files, which are: one.bin.',
    )
    expect(() => packedFile(new Uint8Array(3), files, 'one.bin')).toThrow(
      '"one.bin" is packed at the bytes 2 to 4 of 3; they must be inside.',
    )
  })
})
