import { UnavailableError } from '../../../errors.js'
import { readAvatar, type StoredAvatar } from '../../avatar/read.js'
import { loadAvatarRig, loadCanonicalFace } from './avatar.js'
import type { FramePainter } from './painter.js'
import { loadPhotoRig } from './photo/load-photo.js'
import { PortraitRenderer } from './renderer.js'
import type { StoredSubject, Subject } from './subject.js'

/**
 * Reads what a subject's frames are made of.
 *
 * @param modelFolder Holds the canonical face and the built-in avatar; ends with a slash.
 * @throws ModelLoadError when a file is missing or damaged; UnavailableError when the avatar was replaced meanwhile.
 */
export async function loadPainter(subject: Subject, modelFolder: URL): Promise<FramePainter> {
  if (subject.kind === 'built-in') {
    return new PortraitRenderer(await loadAvatarRig(subject.size, modelFolder))
  }
  const [face, avatar] = await Promise.all([loadCanonicalFace(modelFolder), readSubject(subject)])
  if (avatar.kind === 'portrait' && subject.kind === 'portrait') {
    return new PortraitRenderer(await loadPhotoRig(face, avatar, subject.size))
  }
  throw new Error('not yet')
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
