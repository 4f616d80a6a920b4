import { messageOf, ModelLoadError, UnavailableError } from '../../../errors.js'
import { sharp, toRgb } from '../../../media/sharp.js'
import { readAvatar } from '../../avatar/read.js'
import { loadCanonicalFace } from './avatar.js'
import { BackdropPainter, type Backdrop } from './backdrop.js'
import { loadFootage } from './footage/load-footage.js'
import type { FramePainter } from './painter.js'
import { loadPhotoRig } from './photo/load-photo.js'
import { PortraitRenderer } from './renderer.js'
import type { StoredBackdrop, StoredSubject } from './subject.js'

/**
 * Reads what the frames of a stored avatar are made of.
 *
 * @param modelFolder Holds the canonical face; ends with a slash.
 * @throws ModelLoadError when a file is missing or damaged; UnavailableError when the avatar was replaced meanwhile.
 */
export async function loadStoredPainter(subject: StoredSubject, modelFolder: URL): Promise<FramePainter> {
  const { folder, revision } = subject
  const [face, avatar] = await Promise.all([loadCanonicalFace(modelFolder), readAvatar(folder)])
  if (avatar.manifest.revision === revision) {
    if (avatar.kind === 'video' && subject.kind === 'video') return loadFootage(face, avatar)
    if (avatar.kind === 'portrait' && subject.kind === 'portrait') {
      const square = new PortraitRenderer(await loadPhotoRig(face, avatar, subject.size))
      return subject.backdrop ? new BackdropPainter(square, await loadBackdrop(subject.backdrop)) : square
    }
  }
  throw new UnavailableError(`The avatar in ${folder} has just been replaced; try again.`, {
    retryable: true,
  })
}

async function loadBackdrop({ path, left, top }: StoredBackdrop): Promise<Backdrop> {
  try {
    return { ...(await toRgb(sharp(path).removeAlpha())), left, top }
  } catch (error) {
    throw new ModelLoadError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
