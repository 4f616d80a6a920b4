import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputError, UnavailableError } from '../../../../errors.js'
import { tinyPlace, writeTinyMaterial } from '../fixtures/tiny-material.js'
import { lookForMaterial, makeMaterial } from './material-place.js'

const signal = new AbortController().signal

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-material-place-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('makeMaterial', () => {
  it('leaves nothing of one that cannot be made', async () => {
    const place = tinyPlace(join(folder, 'failing'))
    const failing = makeMaterial(place, signal, async (built) => {
      await writeTinyMaterial(built)
      throw new InputError('too small')
    })
    await expect(failing).rejects.toThrow('too small')
    expect(await readdir(place.root)).toEqual([])
    expect(await lookForMaterial(place)).toBeUndefined()
  })

  it('does not take one for another that lies in its place', async () => {
    const place = tinyPlace(join(folder, 'foreign'))
    await makeMaterial(place, signal, writeTinyMaterial)
    expect(await lookForMaterial({ ...place, parameters: 'others' })).toBeUndefined()
    expect((await lookForMaterial(place))?.manifest.key).toBe('model-parameters')
  })

  it('says that the avatar has gone, and does not bring it back', async () => {
    const root = join(folder, 'anna', 'revision')
    const place = { ...tinyPlace(root), isOfAvatar: true }
    await mkdir(root, { recursive: true })
    const gone = makeMaterial(place, signal, async (built) => {
      await rm(join(folder, 'anna'), { recursive: true })
      return writeTinyMaterial(built)
    })
    await expect(gone).rejects.toThrow(UnavailableError)
    expect(await readdir(folder)).not.toContain('anna')
    const late = makeMaterial(place, signal, writeTinyMaterial)
    await expect(late).rejects.toThrow(UnavailableError)
    expect(await readdir(folder)).not.toContain('anna')
  })
})
