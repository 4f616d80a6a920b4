import { UnavailableError } from '../../../errors.js'
import { readAvatar, type StoredAvatar } from '../../avatar/read.js'
import { loadAvatarRig, loadCanonicalFace, PORTRAIT_FOLDER } from './avatar.js'
import { loadFootage } from './footage/load-footage.js'
import type { FramePainter } from './painter.js'
import { loadPhotoRig } from './photo/load-photo.js'
import { PortraitRenderer } from './renderer.js'
import { framedSubject, type AvatarPlace, type StoredSubject, type Subject } from './subject.js'

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
  if (avatar.kind === 'video') return loadFootage(face, avatar)
  const size = subject.kind === 'portrait' ? subject.size : avatar.manifest.width
  return new PortraitRenderer(await loadPhotoRig(face, avatar, size))
}

/**
 * A painter for an avatar, to draw single frames without a line.
 *
 * @param avatar Whose; the built-in one when left out.
 * @param size Width and height of the frames in pixels; a video's frames have its own.
 * @throws ModelLoadError when a file of it is missing or damaged.
 */
export function loadAvatarPainter(avatar: AvatarPlace | undefined, size: number): Promise<FramePainter> {
  return loadPainter(framedSubject(avatar, size).subject, PORTRAIT_FOLDER)
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
