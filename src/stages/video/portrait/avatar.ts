import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { packPicture } from '../../../dsp/blend.js'
import type { Picture } from '../../../dsp/raster.js'
import { ModelLoadError, messageOf } from '../../../errors.js'
import { parseCanonicalFace } from './canonical.js'
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

/** The layers of the avatar, drawn. Their pixels are shared memory, so that many workers can use one drawing. */
export interface AvatarPictures {
  readonly scene: Picture
  readonly face: Picture
  readonly hair: Picture
  readonly iris: Picture
  readonly lashes: Picture
}

/**
 * Draws the layers of the built-in avatar's SVG, for frames of `size` × `size` pixels. It takes more than a second of
 * CPU: draw once and hand the pictures on.
 *
 * @param folder Holds avatar.svg; ends with a slash.
 * @throws ModelLoadError when the file is missing or damaged.
 */
export function drawAvatar(size: number, folder: URL = PORTRAIT_FOLDER): Promise<AvatarPictures> {
  return naming(folder, async () => {
    const svg = await readFile(new URL('avatar.svg', folder), 'utf8')
    const texels = Math.round(size * TEXTURE_SCALE)
    const [scene, face, hair, iris, lashes] = await Promise.all([
      rasterise(svg, 'scene', texels, texels, texels),
      rasterise(svg, 'face', texels, texels, texels),
      rasterise(svg, 'hair', texels, texels, texels),
      rasterise(svg, 'iris', IRIS_TEXELS, IRIS_TEXELS, IRIS_TEXELS),
      rasterise(svg, 'lashes', LASH_TEXELS.width, LASH_TEXELS.width, LASH_TEXELS.height),
    ])
    return { scene, face, hair, iris, lashes }
  })
}

/**
 * The built-in avatar, ready to be moved.
 *
 * @param pictures What {@link drawAvatar} made for the same size. Drawn here when left out.
 * @param folder Holds canonical-face.json, avatar.json and avatar.svg; ends with a slash.
 * @throws ModelLoadError when a file of models/portrait is missing or damaged.
 */
export function loadAvatarRig(
  size: number,
  pictures?: AvatarPictures,
  folder: URL = PORTRAIT_FOLDER,
): Promise<Rig> {
  return naming(folder, async () => {
    const [canonical, avatar, drawn] = await Promise.all([
      readJson(folder, 'canonical-face.json'),
      readJson(folder, 'avatar.json') as Promise<AvatarFile>,
      pictures ?? drawAvatar(size, folder),
    ])
    const factor = size / avatar.size
    return buildRig(parseCanonicalFace(canonical), {
      size,
      landmarks: avatar.landmarks.map((value) => value * factor),
      irisRadius: avatar.irisRadius * factor,
      palette: avatar.palette,
      ...drawn,
    })
  })
}

/** Turns whatever goes wrong with the avatar's files into an error that says so. */
async function naming<T>(folder: URL, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ModelLoadError) throw error
    throw new ModelLoadError(
      `The built-in avatar in ${folder.pathname} cannot be loaded: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

async function readJson(folder: URL, name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(name, folder), 'utf8')) as unknown
}

/** Draws one layer of the SVG at `side` × `side` pixels and keeps its upper left `width` × `height`. */
async function rasterise(
  svg: string,
  layer: string,
  side: number,
  width: number,
  height: number,
): Promise<Picture> {
  const { data, info } = await sharp(Buffer.from(onlyLayer(svg, layer, side)))
    .extract({ left: 0, top: 0, width, height })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return packPicture(data, info.width, info.height)
}

/** The SVG with one of its layers shown and the others hidden, at another size. */
function onlyLayer(svg: string, layer: string, side: number): string {
  return svg
    .replace(/width="\d+" height="\d+"/, `width="${String(side)}" height="${String(side)}"`)
    .replace(/<g id="(\w+)"(?: display="none")?>/g, (_, id: string) =>
      id === layer ? `<g id="${id}">` : `<g id="${id}" display="none">`,
    )
}
