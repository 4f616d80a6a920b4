import { mkdir, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { PhizError, UnavailableError } from '../../../../errors.js'
import { claimFolder, discard, sweep, type Claim } from '../../../../storage/claim.js'
import { diskProblem, exists } from '../../../../storage/disk.js'
import { stopIfAborted } from '../../../avatar/stop-if-aborted.js'
import type { MaterialManifest } from './manifest.js'
import { readMaterial, type StoredMaterial } from './read.js'

/** Where a material is kept, among others of the same face. */
export interface MaterialPlace {
  /** Folder that holds it. */
  readonly root: string
  /** Stands for the face in `root`, and begins the name: `musetalk`, `built-in-512`. */
  readonly face: string
  /** Stands for the networks that it is made with. */
  readonly model: string
  /** Stands for the parameters that it is made with. */
  readonly parameters: string
  /** Whether `root` belongs to an avatar, and is there as long as the avatar is. */
  readonly isOfAvatar: boolean
}

/** How often it is looked whether another process has finished. */
const LOOK_EVERY_MS = 500

/** Path of a material. */
export function materialFolder(place: MaterialPlace): string {
  return join(place.root, nameOf(place))
}

/** What `material.json` says that it is. */
export function materialKey({ model, parameters }: MaterialPlace): string {
  return `${model}-${parameters}`
}

/** A material that is there and whole, or undefined: damaged ones are as good as none, since they can be made again. */
export async function lookForMaterial(place: MaterialPlace): Promise<StoredMaterial | undefined> {
  try {
    const material = await readMaterial(materialFolder(place))
    return material.manifest.key === materialKey(place) ? material : undefined
  } catch (error) {
    if (PhizError.isInstance(error)) return undefined
    throw error
  }
}

/**
 * Makes a material appear, by one rename: whoever looks finds it as a whole or not at all, even when this process is
 * killed in the middle. Those of the same face that were made with other networks are removed then. When another
 * process makes the same, its result is waited for.
 *
 * @param build Fills an empty folder. When it throws, nothing is left of it.
 * @throws UnavailableError when the avatar has been removed or replaced; InputError or MediaError when the folder cannot
 * be written; the signal's error when it aborts; what `build` throws.
 */
export async function makeMaterial(
  place: MaterialPlace,
  signal: AbortSignal,
  build: (folder: string) => Promise<MaterialManifest>,
): Promise<StoredMaterial> {
  await removeLeftovers(place)
  const claim = await claimOrMaterial(place, signal)
  if (!('release' in claim)) return claim
  try {
    const found = await lookForMaterial(place)
    if (found !== undefined) return found
    const built = join(claim.folder, 'new')
    await mkdir(built)
    await build(built)
    stopIfAborted(signal)
    await discard(place.root, materialFolder(place))
    await rename(built, materialFolder(place))
    await removeOutdated(place)
    return await readMaterial(materialFolder(place))
  } catch (error) {
    if (place.isOfAvatar && !(await exists(place.root))) throw replaced(place, error)
    throw diskProblem(error, `The face cannot be prepared in ${place.root}`)
  } finally {
    await claim.release()
  }
}

/** The claim; or the material, when another process has made it meanwhile. */
async function claimOrMaterial(place: MaterialPlace, signal: AbortSignal): Promise<Claim | StoredMaterial> {
  for (;;) {
    stopIfAborted(signal)
    // A claim makes the folder that it lies in: that of a removed avatar must not come back.
    if (place.isOfAvatar && !(await exists(place.root))) throw replaced(place)
    try {
      return await claimFolder(place.root, nameOf(place), 'Material')
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
    }
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {
      stopIfAborted(signal)
    })
    const found = await lookForMaterial(place)
    if (found !== undefined) return found
  }
}

/** Removes what processes have left that ended in the middle. */
async function removeLeftovers(place: MaterialPlace): Promise<void> {
  for (const id of await sweep(place.root, (name) => name.startsWith(`${place.face}-`))) {
    const claim = await claimFolder(place.root, id, 'Material').catch(() => undefined)
    await claim?.release()
  }
}

/** Removes what was made of the same face with networks that have been replaced. */
async function removeOutdated(place: MaterialPlace): Promise<void> {
  for (const name of await readdir(place.root)) {
    if (!name.startsWith(`${place.face}-`) || name.startsWith(`${place.face}-${place.model}-`)) continue
    await discard(place.root, join(place.root, name)).catch(() => undefined)
  }
}

function nameOf(place: MaterialPlace): string {
  return `${place.face}-${materialKey(place)}`
}

function replaced({ root }: MaterialPlace, cause?: unknown): UnavailableError {
  return new UnavailableError(
    `The avatar in ${dirname(root)} has just been removed or replaced; try again.`,
    {
      retryable: true,
      cause,
    },
  )
}
