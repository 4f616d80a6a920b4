import { UnavailableError } from '../../../errors.js'
import { readAvatar, type StoredAvatar } from '../../avatar/read.js'
import { loadCanonicalFace } from './avatar.js'
import { loadFootage } from './footage/load-footage.js'
import type { FramePainter } from './painter.js'
import { loadPhotoRig } from './photo/load-photo.js'
import { PortraitRenderer } from './renderer.js'
import type { StoredSubject } from './subject.js'

/**
 * Reads what the frames of a stored avatar are made of.
 *
 * @param modelFolder Holds the canonical face; ends with a slash.
 * @throws ModelLoadError when a file is missing or damaged; UnavailableError when the avatar was replaced meanwhile.
 */
export async function loadStoredPainter(subject: StoredSubject, modelFolder: URL): Promise<FramePainter> {
  const [face, avatar] = await Promise.all([loadCanonicalFace(modelFolder), readSubject(subject)])
  if (avatar.kind === 'video') return loadFootage(face, avatar)
  const size = subject.kind === 'portrait' ? subject.size : avatar.manifest.width
  return new PortraitRenderer(await loadPhotoRig(face, avatar, size))
}

async function readSubject({ folder, revision, kind }: StoredSubject): Promise<StoredAvatar> {
  const avatar = await readAvatar(folder)
  if (avatar.manifest.revision !== revision || avatar.kind !== kind) {
    throw new UnavailableError(`The avatar in ${folder} has just been replaced; try again.`, {
      retryable: true,
    })
  }
  return avatar
}
