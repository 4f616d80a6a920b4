import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CancelledError, ModelLoadError } from '../errors.js'
import { readManifest, verifyManifest } from './manifest-files.js'
import { parseManifest } from './manifest.js'

const weights = Buffer.from('weights')
const sha256 = createHash('sha256').update(weights).digest('hex')
const valid = {
  id: 'lam',
  version: '1.0.0',
  license: 'Apache-2.0',
  host: 'thread',
  files: [{ path: 'parts/weights.onnx', bytes: weights.length, sha256, opset: 17 }],
  inputs: [{ name: 'audio', type: 'float32', shape: [1, 'samples'] }],
  sampleRate: 16_000,
}
const parse = (changes: object) => parseManifest(JSON.stringify({ ...valid, ...changes }), 'model.json')

describe('a manifest', () => {
  it('keeps what it knows and what it does not', () => {
    expect(parse({})).toEqual({ ...valid, outputs: [] })
    expect(parse({ host: undefined }).host).toBe('thread')
  })

  it('lists everything that is wrong with it', () => {
    expect(() => parse({ id: 'Not An Id', host: 'cloud' })).toThrow(ModelLoadError)
    expect(() => parse({ id: 'Not An Id', host: 'cloud' })).toThrow(
      /model\.json is not a valid manifest: id: .*; host: /,
    )
    expect(() => parseManifest('{', 'model.json')).toThrow('model.json is not JSON')
  })

  it.each(['../x', '/x', 'a/../../x', 'a//b', './x', 'C:/x', 'a\\b', '', 'a\0b'])(
    'refuses the path %j',
    (path) => {
      expect(() => parse({ files: [{ path, bytes: 1, sha256 }] })).toThrow(
        'files.0.path: must be a relative path',
      )
    },
  )
})

describe('the files of a manifest', () => {
  let folder: string
  const file = (changes: object) =>
    parse({ files: [{ path: 'weights.onnx', bytes: weights.length, sha256, ...changes }] })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-manifest-'))
    await writeFile(join(folder, 'weights.onnx'), weights)
  })

  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  it('pass when they are the ones that are named', async () => {
    await expect(verifyManifest(folder, file({}), { hash: true })).resolves.toBeUndefined()
  })

  it('fail with their name and how they differ', async () => {
    await expect(verifyManifest(folder, file({ path: 'no.onnx' }))).rejects.toThrow(/no\.onnx is missing/)
    await expect(verifyManifest(folder, file({ bytes: 8 }))).rejects.toThrow(
      /weights\.onnx has 7 bytes; 8 were expected/,
    )
    const other = file({ sha256: '0'.repeat(64) })
    await expect(verifyManifest(folder, other)).resolves.toBeUndefined()
    await expect(verifyManifest(folder, other, { hash: true })).rejects.toThrow(
      `has the SHA-256 ${sha256}; 000`,
    )
  })

  it('are not read to the end when nobody waits any more', async () => {
    const signal = AbortSignal.abort()
    await expect(verifyManifest(folder, file({}), { hash: true, signal })).rejects.toThrow(CancelledError)
  })

  it('are found through model.json', async () => {
    await expect(readManifest(folder)).rejects.toThrow(/model\.json cannot be read/)
    await writeFile(join(folder, 'model.json'), JSON.stringify(valid))
    expect((await readManifest(folder)).id).toBe('lam')
  })
})
