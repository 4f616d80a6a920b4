import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ModelLoadError, PhizError } from '../../errors.js'
import {
  frameFile,
  FRAMES_FOLDER,
  LANDMARKS_FILE,
  MANIFEST_FILE,
  PICTURE_FILE,
  PREVIEW_FILE,
} from './files.js'
import { landmarksFromBytes } from './landmark-bytes.js'
import {
  LANDMARK_VALUES,
  parseAvatarManifest,
  type AvatarManifest,
  type PortraitManifest,
  type VideoManifest,
} from './manifest.js'

interface Stored {
  /**
   * 468 × (x, y, z) of each frame, one after the other, in pixels of the stored picture, whose first pixel
   * has its middle at 0.5; z away from the viewer.
   */
  readonly landmarks: Float32Array
  /** Path of a small JPEG. */
  readonly preview: string
}

/** An avatar made from a photo. */
export interface StoredPortrait extends Stored {
  readonly kind: 'portrait'
  readonly manifest: PortraitManifest
  /** Path of the picture: a square around the head. */
  readonly picture: string
}

/** An avatar made from a video. */
export interface StoredVideo extends Stored {
  readonly kind: 'video'
  readonly manifest: VideoManifest
  /** Paths of the frames, in order. */
  readonly frames: readonly string[]
}

export type StoredAvatar = StoredPortrait | StoredVideo

/** Times that reading begins anew because the avatar was replaced meanwhile. */
const MAX_REPLACEMENTS = 3
/** Files whose size is asked for at once. */
const STAT_BATCH = 64

/**
 * Reads an avatar's manifest and landmarks and makes sure that its files are there as the manifest says. It needs
 * nothing but the folder, so a worker can call it. When the avatar is replaced meanwhile, all parts are of one revision.
 *
 * @param folder `<data directory>/avatars/<id>`.
 * @throws ModelLoadError naming the file that is missing, damaged or of a newer format.
 */
export async function readAvatar(folder: string): Promise<StoredAvatar> {
  return consistently(folder, async (manifest) => {
    await checkAvatarFiles(folder, manifest)
    const content = join(folder, manifest.revision)
    const landmarks = await readLandmarks(join(content, LANDMARKS_FILE))
    const preview = join(content, PREVIEW_FILE)
    if (manifest.kind === 'portrait') {
      return { kind: 'portrait', manifest, landmarks, preview, picture: join(content, PICTURE_FILE) }
    }
    const frames = Array.from({ length: manifest.frames.count }, (_, i) => join(content, frameFile(i)))
    return { kind: 'video', manifest, landmarks, preview, frames }
  })
}

/**
 * Reads the manifest alone, and makes sure of the files' sizes.
 *
 * @throws ModelLoadError as {@link readAvatar}.
 */
export function readAvatarManifest(folder: string): Promise<AvatarManifest> {
  return consistently(folder, async (manifest) => {
    await checkAvatarFiles(folder, manifest)
    return manifest
  })
}

async function consistently<T>(folder: string, read: (manifest: AvatarManifest) => Promise<T>): Promise<T> {
  let manifest = await readManifest(folder)
  for (let replacements = 0; ; replacements += 1) {
    try {
      return await read(manifest)
    } catch (error) {
      const present = await readManifest(folder)
      if (present.revision === manifest.revision || replacements === MAX_REPLACEMENTS) throw error
      manifest = present
    }
  }
}

async function readManifest(folder: string): Promise<AvatarManifest> {
  const path = join(folder, MANIFEST_FILE)
  const manifest = parseAvatarManifest(await readFile(path, 'utf8').catch(damaged(path)), path)
  return manifest
}

async function checkAvatarFiles(folder: string, manifest: AvatarManifest): Promise<void> {
  const content = join(folder, manifest.revision)
  const faces = manifest.kind === 'video' ? manifest.frames.count : 1
  await expectBytes(join(content, LANDMARKS_FILE), faces * LANDMARK_VALUES * Float32Array.BYTES_PER_ELEMENT)
  if ((await sizeOf(join(content, PREVIEW_FILE))) === 0) {
    throw new ModelLoadError(`${join(content, PREVIEW_FILE)} is empty; create the avatar again.`)
  }
  if (manifest.kind === 'portrait') await expectBytes(join(content, PICTURE_FILE), manifest.picture.bytes)
  else await checkFrames(content, manifest.frames)
}

async function checkFrames(content: string, { count, bytes }: VideoManifest['frames']): Promise<void> {
  const folder = join(content, FRAMES_FOLDER)
  const found = (await readdir(folder).catch(damaged(folder))).length
  if (found !== count) {
    throw new ModelLoadError(`${folder} holds ${found} frames instead of ${count}; create the avatar again.`)
  }
  let total = 0
  for (let start = 0; start < count; start += STAT_BATCH) {
    const batch = Array.from({ length: Math.min(STAT_BATCH, count - start) }, (_, i) =>
      sizeOf(join(content, frameFile(start + i))),
    )
    for (const size of await Promise.all(batch)) total += size
  }
  if (total !== bytes) {
    throw new ModelLoadError(
      `The frames in ${folder} have ${total} bytes instead of ${bytes}; create the avatar again.`,
    )
  }
}

async function expectBytes(path: string, expected: number): Promise<void> {
  const found = await sizeOf(path)
  if (found === expected) return
  throw new ModelLoadError(`${path} has ${found} bytes instead of ${expected}; create the avatar again.`)
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(damaged(path))).size
}

async function readLandmarks(path: string): Promise<Float32Array> {
  const landmarks = landmarksFromBytes(await readFile(path).catch(damaged(path)))
  if (landmarks.every(Number.isFinite)) return landmarks
  throw new ModelLoadError(`${path} holds values that are no numbers; create the avatar again.`)
}

/** Names the file that a failed read was about. */
function damaged(path: string): (error: unknown) => never {
  return (error) => {
    if (PhizError.isInstance(error)) throw error
    const missing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    throw new ModelLoadError(
      missing
        ? `${path} is missing; create the avatar again.`
        : `${path} cannot be read: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
