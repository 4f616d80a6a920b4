import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ModelLoadError } from '../../../../errors.js'
import { frameFile } from '../../../avatar/files.js'
import {
  BASE_FILE,
  LATENT_BYTES,
  LATENTS_FILE,
  MASKS_FILE,
  MATERIAL_FILE,
  maskOffsets,
  parseMaterialManifest,
  type MaterialManifest,
} from './manifest.js'

/** A material on disk. */
export interface StoredMaterial {
  readonly folder: string
  readonly manifest: MaterialManifest
  /** Paths of its parts. */
  readonly latents: string
  readonly masks: string
  /** Path of each frame that faces are laid over, in order. */
  readonly frames: readonly string[]
}

/**
 * Reads what a folder says of its material, and makes sure that its files are there as it says.
 *
 * @throws ModelLoadError naming the file that is missing, damaged or of another format.
 */
export async function readMaterial(folder: string): Promise<StoredMaterial> {
  const source = join(folder, MATERIAL_FILE)
  const text = await readFile(source, 'utf8').catch((error: unknown) => {
    throw new ModelLoadError(`${source} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  const manifest = parseMaterialManifest(text, source)
  const { base, boxes } = manifest
  const latents = join(folder, LATENTS_FILE)
  const masks = join(folder, MASKS_FILE)
  const picture = join(folder, BASE_FILE)
  await expectBytes(latents, boxes.length * LATENT_BYTES)
  await expectBytes(masks, maskOffsets(manifest).at(-1)!)
  if (base.kind === 'picture') await expectBytes(picture, base.bytes)
  const frames =
    base.kind === 'picture' ? [picture] : boxes.map((_, index) => join(folder, '..', frameFile(index)))
  return { folder, manifest, latents, masks, frames }
}

async function expectBytes(path: string, expected: number): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw new ModelLoadError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  if (found.size === expected) return
  throw new ModelLoadError(`${path} has ${found.size} bytes instead of ${expected}`)
}
