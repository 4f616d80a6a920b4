import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf, PhizError } from '../../errors.js'
import { fileProblem } from '../../media/file-problem.js'
import { claimFolder, discard, sweep, type Claim } from '../../storage/claim.js'
import { diskProblem, exists, writeThrough } from '../../storage/disk.js'
import { checkAvatarId, isAvatarId } from './avatar-id.js'
import { MANIFEST_FILE } from './files.js'
import {
  AVATAR_FORMAT,
  formatAvatarManifest,
  parseAvatarManifest,
  type AvatarDraft,
  type AvatarManifest,
} from './manifest.js'
import { readAvatarManifest } from './read.js'
import { stopIfAborted } from './stop-if-aborted.js'

/** An avatar in a list: its manifest, or why it cannot be used. */
export type AvatarEntry =
  | { readonly id: string; readonly manifest: AvatarManifest }
  | { readonly id: string; readonly damage: string }

export interface StoreOptions {
  /** Whether an avatar of the same id is replaced. Default: it is an error. */
  readonly replace?: boolean
  /** Looked at before the avatar appears: what is aborted until then has no effect. */
  readonly signal?: AbortSignal
}

/** Name of a revision's folder. */
const REVISION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The avatars of one folder, which any number of processes may share. A change is there as a whole or not at all,
 * even when the process is killed in the middle: an avatar is built in a folder of its own and appears by one rename.
 * Changes of one avatar at the same time are refused, those of several go side by side.
 */
export class AvatarStore {
  /** @param folder Holds a folder for each avatar; made by the first creation. */
  constructor(readonly folder: string) {}

  /**
   * Where an avatar lies, whether it exists or not.
   *
   * @throws InputError when the id is none.
   */
  folderOf(id: string): string {
    return join(this.folder, checkAvatarId(id))
  }

  /** All avatars by id; a damaged one is listed with what is wrong. */
  async list(): Promise<AvatarEntry[]> {
    await this.#sweep()
    const found = await readdir(this.folder, { withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw fileProblem(error, `${this.folder} cannot be read`)
    })
    const ids = found.filter((entry) => entry.isDirectory() && isAvatarId(entry.name)).map(({ name }) => name)
    const entries: AvatarEntry[] = []
    for (const id of ids.sort()) {
      try {
        entries.push({ id, manifest: await this.get(id) })
      } catch (error) {
        // Removed since the folder was read.
        if (PhizError.isInstance(error) && error.code === 'not-found') continue
        entries.push({ id, damage: messageOf(error) })
      }
    }
    return entries
  }

  /**
   * The manifest of an avatar, whose files are there.
   *
   * @throws PhizError `not-found` when there is no such avatar; ModelLoadError when it is damaged.
   */
  async get(id: string): Promise<AvatarManifest> {
    const folder = this.folderOf(id)
    if (!(await exists(folder))) throw this.#unknown(id)
    try {
      const manifest = await readAvatarManifest(folder)
      if (manifest.id === id) return manifest
    } catch (error) {
      if (!(await exists(folder))) throw this.#unknown(id)
      throw error
    }
    throw new PhizError(
      'model-load',
      `${join(folder, MANIFEST_FILE)} is of another avatar than "${id}"; create the avatar again.`,
    )
  }

  /**
   * Makes an avatar, or replaces one.
   *
   * @param build Writes the files into an empty folder (see files.ts) and says what they are. When it throws, nothing
   * is left of it, and an avatar that was to be replaced stays.
   * @throws InputError when the id is none, or taken and not to be replaced; UnavailableError when the avatar is being
   * changed by someone else; InputError or MediaError when the folder cannot be written.
   */
  async create(
    id: string,
    options: StoreOptions,
    build: (folder: string) => Promise<AvatarDraft>,
  ): Promise<AvatarManifest> {
    const target = this.folderOf(id)
    if (options.replace !== true) await this.#refuseTaken(id, target)
    await this.#sweep()
    const claim = await this.#claim(id)
    try {
      if (options.replace !== true) await this.#refuseTaken(id, target)
      const revision = randomUUID()
      const built = join(claim.folder, `new-${revision}`)
      const content = join(built, revision)
      await mkdir(content, { recursive: true })
      const draft = await build(content)
      const manifest = parseAvatarManifest(
        formatAvatarManifest({
          format: AVATAR_FORMAT,
          id,
          revision,
          createdAt: new Date().toISOString(),
          ...draft,
        }),
        `The manifest of avatar "${id}"`,
      )
      await writeThrough(join(built, MANIFEST_FILE), formatAvatarManifest(manifest))
      stopIfAborted(options.signal)
      await this.#publish(target, built, revision)
      return manifest
    } catch (error) {
      throw diskProblem(error, `Avatar "${id}" cannot be stored in ${this.folder}`)
    } finally {
      await claim.release()
    }
  }

  /**
   * Removes an avatar, damaged or not.
   *
   * @throws PhizError `not-found` when there is none; UnavailableError when it is being changed by someone else.
   */
  async remove(id: string): Promise<void> {
    const target = this.folderOf(id)
    await this.#sweep()
    if (!(await exists(target))) throw this.#unknown(id)
    const claim = await this.#claim(id)
    try {
      if (!(await exists(target))) throw this.#unknown(id)
      await discard(this.folder, target)
    } catch (error) {
      throw diskProblem(error, `Avatar "${id}" cannot be removed from ${this.folder}`)
    } finally {
      await claim.release()
    }
  }

  /** Under the claim: makes what was built the avatar, in one step that cannot be seen half done. */
  async #publish(target: string, built: string, revision: string): Promise<void> {
    const present = await readAvatarManifest(target).catch(() => undefined)
    if (present === undefined) {
      // Of a damaged avatar nothing is worth keeping.
      await discard(this.folder, target)
      await rename(built, target)
      return
    }
    await rename(join(built, revision), join(target, revision))
    await rename(join(built, MANIFEST_FILE), join(target, MANIFEST_FILE))
    await this.#tidy(target)
  }

  /** Under the claim: removes the revisions that an avatar's manifest does not name. */
  async #tidy(target: string): Promise<void> {
    const present = await readAvatarManifest(target).catch(() => undefined)
    if (present === undefined) return
    for (const name of await readdir(target)) {
      if (REVISION.test(name) && name !== present.revision) await discard(this.folder, join(target, name))
    }
  }

  async #sweep(): Promise<void> {
    for (const id of await sweep(this.folder, isAvatarId)) {
      try {
        const claim = await this.#claim(id)
        await this.#tidy(this.folderOf(id)).finally(() => claim.release())
      } catch {
        // Someone else is at it, or the folder cannot be written: it waits for the next time.
      }
    }
  }

  #claim(id: string): Promise<Claim> {
    return claimFolder(this.folder, id, 'Avatar')
  }

  async #refuseTaken(id: string, target: string): Promise<void> {
    if (!(await exists(target))) return
    throw new InputError(
      `There is already an avatar "${id}" in ${this.folder}. To replace it, use --replace (\`replace: true\`); or take another id.`,
    )
  }

  #unknown(id: string): PhizError {
    return new PhizError(
      'not-found',
      `There is no avatar "${id}" in ${this.folder}; \`phiz avatar list\` shows what there is.`,
    )
  }
}
