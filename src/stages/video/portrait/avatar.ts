import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { packPicture } from '../../../dsp/blend.js'
import type { Picture } from '../../../dsp/raster.js'
import { ModelLoadError, messageOf } from '../../../errors.js'
import { parseCanonicalFace, type CanonicalFace } from './canonical.js'
import { buildRig, type Palette, type Rig } from './rig.js'

/** The folder that ships the canonical face and the built-in avatar. */
export const PORTRAIT_FOLDER = new URL('../../../../models/portrait/', import.meta.url)

/** Textures are drawn larger than the frame, so that a moving picture stays sharp. */
const TEXTURE_SCALE = 1.5
const IRIS_TEXELS = 64
const LASH_TEXELS = { width: 80, height: 20 }

interface AvatarFile {
  /** Side of the square in which landmarks and radius are given. */
  readonly size: number
  readonly irisRadius: number
  readonly palette: Palette
  readonly landmarks: readonly number[]
}

/**
 * Loads the built-in avatar for frames of `size` × `size` pixels.
 *
 * @param folder Holds canonical-face.json, avatar.json and layers; ends with a slash.
 * @throws ModelLoadError when a file of models/portrait is missing or damaged.
 */
export async function loadAvatarRig(size: number, folder: URL = PORTRAIT_FOLDER): Promise<Rig> {
  try {
    const texels = Math.round(size * TEXTURE_SCALE)
    const layer = (name: string, width: number, height: number): Promise<Picture> =>
      loadLayer(new URL(`layers/${name}.webp`, folder), width, height)
    const [canonical, avatar, scene, face, hair, iris, lashes] = await Promise.all([
      loadCanonicalFace(folder),
      readJson(folder, 'avatar.json') as Promise<AvatarFile>,
      layer('scene', texels, texels),
      layer('face', texels, texels),
      layer('hair', texels, texels),
      layer('iris', IRIS_TEXELS, IRIS_TEXELS),
      layer('lashes', LASH_TEXELS.width, LASH_TEXELS.height),
    ])
    const factor = size / avatar.size
    return buildRig(canonical, {
      size,
      landmarks: avatar.landmarks.map((value) => value * factor),
      palette: avatar.palette,
      scene,
      face,
      hair,
      eyes: { kind: 'drawn', iris, irisRadius: avatar.irisRadius * factor },
      lashes,
    })
  } catch (error) {
    if (error instanceof ModelLoadError) throw error
    throw new ModelLoadError(
      `The built-in avatar in ${folder.pathname} cannot be loaded: ${messageOf(error)}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * Loads the face that all portraits are fitted with.
 *
 * @throws ModelLoadError when the file is missing or damaged.
 */
export async function loadCanonicalFace(folder: URL = PORTRAIT_FOLDER): Promise<CanonicalFace> {
  let json: unknown
  try {
    json = await readJson(folder, 'canonical-face.json')
  } catch (error) {
    throw new ModelLoadError(`${folder.pathname}canonical-face.json cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    })
  }
  return parseCanonicalFace(json)
}

async function readJson(folder: URL, name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(name, folder), 'utf8')) as unknown
}

/** Reads one drawn layer at another size. */
async function loadLayer(file: URL, width: number, height: number): Promise<Picture> {
  const rgba = await sharp(fileURLToPath(file))
    .resize(width, height, { fit: 'fill' })
    .ensureAlpha()
    .raw()
    .toBuffer()
  return packPicture(rgba, width, height)
}
