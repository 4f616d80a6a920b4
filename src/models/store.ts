import { readFileSync, statSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { messageOf, PhizError } from '../errors.js'
import { verifyManifest } from '../runtime/manifest-files.js'
import { claimFolder, discard, sweep } from '../storage/claim.js'
import { diskProblem, exists, writeThrough } from '../storage/disk.js'
import { parseInstalled, type InstalledManifest, type Pin } from './pin.js'
import { sizeDamageOf } from './size-damage.js'

/** Whether a model is there. */
export type ModelState =
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly damage: string }
  | { readonly state: 'installed'; readonly manifest: InstalledManifest }

const MANIFEST_FILE = 'model.json'

/**
 * The models of one folder, which any number of processes may share. A model is there as a whole or not at all, even
 * when the process is killed in the middle: it is built in a folder of its own and appears by one rename. Who has loaded
 * it already keeps what is loaded.
 */
export class ModelStore {
  readonly folder: string

  /** @param folder Holds a folder for each model; made by the first that is brought in. */
  constructor(folder: string) {
    this.folder = resolve(folder)
  }

  /** Where a model lies, whether it is there or not. */
  folderOf({ id }: Pick<Pin, 'id'>): string {
    return join(this.folder, id)
  }

  /**
   * Whether a model is there, by the sizes of its files: a dozen questions to the file system, so cheap that whoever
   * puts the parts together may ask in the middle of it. {@link ModelStore.verify} reads the files.
   */
  look(pin: Pin): ModelState {
    const folder = this.folderOf(pin)
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) return { state: 'missing' }
    const source = join(folder, MANIFEST_FILE)
    try {
      const manifest = parseInstalled(readFileSync(source, 'utf8'), source)
      const damage = differenceOf(pin, manifest) ?? sizeDamageOf(folder, manifest)
      return damage === undefined ? { state: 'installed', manifest } : { state: 'damaged', damage }
    } catch (error) {
      return { state: 'damaged', damage: messageOf(error) }
    }
  }

  /** As {@link ModelStore.look}, but every file is read and compared by its SHA-256. */
  async verify(pin: Pin, signal: AbortSignal): Promise<ModelState> {
    const found = this.look(pin)
    if (found.state !== 'installed') return found
    try {
      await verifyManifest(this.folderOf(pin), found.manifest, { hash: true, signal })
      return found
    } catch (error) {
      if (signal.aborted) throw error
      return { state: 'damaged', damage: messageOf(error) }
    }
  }

  /**
   * Puts a model in its place; one that is there already is replaced.
   *
   * @param build Is given an empty folder for its own use and one to fill; says what the manifest is to be. When it
   * throws, nothing is left of it, and a model that was to be replaced stays.
   * @throws UnavailableError when the model is being changed by another process; InputError or MediaError when the
   * folder cannot be written; what `build` throws.
   */
  async add(
    pin: Pin,
    signal: AbortSignal,
    build: (folder: string, scratch: string) => Promise<InstalledManifest>,
  ): Promise<InstalledManifest> {
    const { id } = pin
    await this.#sweep(id)
    const claim = await claimFolder(this.folder, id, 'Model')
    try {
      const built = join(claim.folder, 'new')
      const scratch = join(claim.folder, 'scratch')
      await mkdir(built)
      await mkdir(scratch)
      const manifest = await build(built, scratch)
      await writeThrough(join(built, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
      signal.throwIfAborted()
      await discard(this.folder, this.folderOf(pin))
      await rename(built, this.folderOf(pin))
      return manifest
    } catch (error) {
      throw diskProblem(error, `Model "${id}" cannot be stored in ${this.folder}`)
    } finally {
      await claim.release()
    }
  }

  /**
   * Removes a model, damaged or not.
   *
   * @throws PhizError `not-found` when it is not there; UnavailableError when another process is changing it.
   */
  async remove(model: Pick<Pin, 'id'>): Promise<void> {
    const { id } = model
    const folder = this.folderOf(model)
    await this.#sweep(id)
    if (!(await exists(folder))) throw this.#notThere(id)
    const claim = await claimFolder(this.folder, id, 'Model')
    try {
      if (!(await exists(folder))) throw this.#notThere(id)
      await discard(this.folder, folder)
    } catch (error) {
      throw diskProblem(error, `Model "${id}" cannot be removed from ${this.folder}`)
    } finally {
      await claim.release()
    }
  }

  /** Removes what a process left that was ended in the middle. */
  async #sweep(id: string): Promise<void> {
    for (const interrupted of await sweep(this.folder, (name) => name === id)) {
      const claim = await claimFolder(this.folder, interrupted, 'Model').catch(() => undefined)
      await claim?.release()
    }
  }

  #notThere(id: string): PhizError {
    return new PhizError('not-found', `Model "${id}" is not in ${this.folder}; there is nothing to remove.`)
  }
}

function differenceOf(pin: Pin, { package: brought }: InstalledManifest): string | undefined {
  if (brought.sha256 === pin.package.sha256) return undefined
  return `it is of ${brought.name} ${brought.version}; this phiz needs ${pin.package.name} ${pin.package.version}`
}
