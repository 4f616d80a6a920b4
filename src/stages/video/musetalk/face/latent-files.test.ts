import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MediaError } from '../../../../errors.js'
import { LATENT_VALUES } from '../contract.js'
import { LatentFiles } from './latent-files.js'

describe('files of latents', () => {
  let folder: string
  let files: LatentFiles
  const halves = new Uint16Array(LATENT_VALUES)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phiz-latents-'))
    files = new LatentFiles(2)
  })

  afterEach(async () => {
    await files.close()
    await rm(folder, { recursive: true })
  })

  /** Writes frames whose values are all `first`, `first + 1`, … */
  async function write(name: string, first: number, frames: number): Promise<string> {
    const values = new Uint16Array(frames * LATENT_VALUES)
    for (let k = 0; k < frames; k++) values.fill(first + k, k * LATENT_VALUES, (k + 1) * LATENT_VALUES)
    const path = join(folder, name)
    await writeFile(path, new Uint8Array(values.buffer))
    return path
  }

  it('give any frame, of any of them, and keep the last used open', async () => {
    const paths = [await write('a', 10, 3), await write('b', 20, 3), await write('c', 30, 3)]
    for (const [file, index] of [
      [0, 2],
      [1, 0],
      [2, 1],
      [0, 0],
      [2, 2],
    ] as const) {
      await files.read(paths[file]!, index, halves)
      expect(new Set(halves)).toEqual(new Set([10 + 10 * file + index]))
      expect(files.size).toBeLessThanOrEqual(2)
    }
  })

  it('are opened anew after a frame was missing', async () => {
    const path = await write('a', 10, 1)
    await expect(files.read(path, 1, halves)).rejects.toThrow(
      `${path} has no frame 1: it ends 16384 bytes before.`,
    )
    expect(files.size).toBe(0)
    await rename(await write('b', 20, 2), path)
    await files.read(path, 1, halves)
    expect(halves[0]).toBe(21)
  })

  it('are named when they are not there', async () => {
    const path = join(folder, 'none')
    await expect(files.read(path, 0, halves)).rejects.toThrow(MediaError)
    await expect(files.read(path, 0, halves)).rejects.toThrow(path)
  })
})
