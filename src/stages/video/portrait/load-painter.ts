import { loadAvatarRig } from './avatar.js'
import type { FramePainter } from './painter.js'
import { PortraitRenderer } from './renderer.js'
import type { Subject } from './subject.js'

/**
 * Reads what a subject's frames are made of.
 *
 * @param modelFolder Holds the canonical face and the built-in avatar; ends with a slash.
 * @throws ModelLoadError when a file is missing or damaged.
 */
export async function loadPainter(subject: Subject, modelFolder: URL): Promise<FramePainter> {
  switch (subject.kind) {
    case 'built-in':
      return new PortraitRenderer(await loadAvatarRig(subject.size, modelFolder))
    case 'portrait':
    case 'video':
      throw new Error(`not yet: ${subject.kind}`)
  }
}
