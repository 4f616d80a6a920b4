import { open, type FileHandle } from 'node:fs/promises'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { writeThrough } from '../../../../storage/disk.js'
import type { PreparedFrame } from '../prepare/prepared-frame.js'
import {
  BASE_FILE,
  formatMaterialManifest,
  LATENTS_FILE,
  MASKS_FILE,
  MATERIAL_FILE,
  MATERIAL_FORMAT,
  type MaterialManifest,
} from './manifest.js'

type Tuple = [number, number, number, number]

/** Writes a material into an empty folder, frame by frame. Close it whatever happens. */
export class MaterialWriter {
  readonly #folder: string
  readonly #latents: FileHandle
  readonly #masks: FileHandle
  readonly #boxes: Tuple[] = []
  readonly #maskPlaces: Tuple[] = []
  #base: MaterialManifest['base'] = { kind: 'frames' }

  private constructor(folder: string, latents: FileHandle, masks: FileHandle) {
    this.#folder = folder
    this.#latents = latents
    this.#masks = masks
  }

  static async open(folder: string): Promise<MaterialWriter> {
    const latents = await open(join(folder, LATENTS_FILE), 'wx')
    try {
      return new MaterialWriter(folder, latents, await open(join(folder, MASKS_FILE), 'wx'))
    } catch (error) {
      await latents.close()
      throw error
    }
  }

  async add({ box, maskPlace, mask, latents, picture }: PreparedFrame): Promise<void> {
    this.#boxes.push([box.left, box.top, box.right, box.bottom])
    this.#maskPlaces.push([maskPlace.left, maskPlace.top, maskPlace.width, maskPlace.height])
    await this.#latents.writeFile(littleEndian(latents))
    await this.#masks.writeFile(mask)
    if (picture === undefined) return
    this.#base = { kind: 'picture', bytes: picture.length }
    await writeThrough(join(this.#folder, BASE_FILE), picture)
  }

  /** Waits until the disk has everything and writes the manifest. */
  async finish(about: Pick<MaterialManifest, 'key' | 'fps' | 'width' | 'height'>): Promise<MaterialManifest> {
    await this.#latents.sync()
    await this.#masks.sync()
    const manifest: MaterialManifest = {
      format: MATERIAL_FORMAT,
      ...about,
      base: this.#base,
      boxes: this.#boxes,
      masks: this.#maskPlaces,
    }
    await writeThrough(join(this.#folder, MATERIAL_FILE), formatMaterialManifest(manifest))
    return manifest
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#latents.close(), this.#masks.close()])
  }
}

function littleEndian(values: Uint16Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap16()
}
