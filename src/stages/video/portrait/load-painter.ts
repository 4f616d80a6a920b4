import { loadAvatarRig, PORTRAIT_FOLDER } from './avatar.js'
import type { FramePainter } from './painter.js'
import { PortraitRenderer } from './renderer.js'
import { framedSubject, type AvatarPlace, type Subject } from './subject.js'

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
  // Workers that draw the built-in face alone need none of the code for photos and films.
  const { loadStoredPainter } = await import('./load-stored-painter.js')
  return loadStoredPainter(subject, modelFolder)
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
