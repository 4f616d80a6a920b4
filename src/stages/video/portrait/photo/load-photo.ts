import sharp from 'sharp'
import { messageOf, ModelLoadError } from '../../../../errors.js'
import type { StoredPortrait } from '../../../avatar/read.js'
import type { CanonicalFace } from '../canonical.js'
import type { Rig } from '../rig.js'
import { photoRig, squarePicture } from './rig.js'

/** Textures are larger than the frame where the photo has the pixels, so that a moving picture stays sharp. */
const TEXTURE_SCALE = 1.5

/**
 * Loads the rig of a stored portrait for frames of `size` × `size` pixels.
 *
 * @throws ModelLoadError when its picture cannot be read.
 */
export async function loadPhotoRig(face: CanonicalFace, avatar: StoredPortrait, size: number): Promise<Rig> {
  const stored = avatar.manifest.width
  const side = Math.max(size, Math.min(stored, Math.round(size * TEXTURE_SCALE)))
  try {
    const rgb = await sharp(avatar.picture)
      .resize(side, side, { fit: 'fill', kernel: 'lanczos3' })
      .removeAlpha()
      .raw()
      .toBuffer()
    const scale = side / stored
    const landmarks = avatar.landmarks.map((value, i) =>
      // Stored, the middle of the first pixel is at 0.5; drawn, pixels have whole coordinates.
      i % 3 === 2 ? value * scale : value * scale - 0.5,
    )
    return photoRig(face, { picture: squarePicture(rgb, side), landmarks }, size)
  } catch (error) {
    throw new ModelLoadError(`${avatar.picture} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
