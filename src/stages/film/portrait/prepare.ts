import { join } from 'node:path'
import { cropPicture } from '../../../media/picture-crop.js'
import { readPicture } from '../../../media/picture.js'
import { fromRgb } from '../../../media/sharp.js'
import { cutOut } from '../../avatar/cut-out.js'
import { faceFound } from '../../avatar/face-report.js'
import type { AvatarLimits } from '../../avatar/job.js'
import { writePortraitFiles } from '../../avatar/portrait-files.js'
import { sourceName } from '../../avatar/source-name.js'
import { stopIfAborted } from '../../avatar/stop-if-aborted.js'
import { AvatarStore } from '../../avatar/store.js'
import { chooseFace } from '../../face/choose.js'
import { findFaces } from '../../face/find.js'
import type { FaceEngine } from '../../face/model.js'
import type { FramedSubject } from '../../video/portrait/subject.js'
import type { FilmRequest } from '../film.js'
import { frameFilm } from './framing.js'

/** What errors call the portrait: the name of its field. */
const NAME = 'image'
const AVATAR = 'portrait'

export interface PortraitPreparation {
  /** Loads the face model. */
  readonly faces: () => Promise<FaceEngine>
  /** What may be read as a picture. */
  readonly limits: Pick<AvatarLimits, 'maxImageBytes' | 'maxImagePixels'>
  /** An empty folder, for as long as the film is made. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Told what share is done, 0–1. */
  readonly onProgress: (share: number) => void
}

/**
 * Makes of a portrait what the renderer draws: the head's square as an avatar, and the picture around it.
 *
 * @returns whose frames are drawn, and the film's measures
 * @throws InputError when the picture shows no face that can be used, or is over a limit; MediaError when it is
 * damaged
 */
export async function preparePortrait(
  { portrait, settings }: Pick<FilmRequest, 'portrait' | 'settings'>,
  { faces, limits, folder, signal, onProgress }: PortraitPreparation,
): Promise<FramedSubject> {
  const { maxImageBytes: maxBytes, maxImagePixels: maxPixels } = limits
  const photo = await readPicture(portrait, { maxBytes, maxPixels, name: NAME, signal })
  onProgress(0.2)
  const found = await findFaces(await faces(), photo, { signal })
  const choice = chooseFace(found, NAME, photo)
  onProgress(0.6)

  const { width: pictureWidth, height: pictureHeight } = photo
  const { box, landmarks } = choice.face
  const framing = frameFilm({ width: pictureWidth, height: pictureHeight, box, landmarks }, settings)
  const { shown, square, size, left, top, width, height } = framing
  const path = join(folder, 'backdrop.png')
  await fromRgb(await cropPicture(photo, shown, width, height))
    .png({ compressionLevel: 1 })
    .toFile(path)
  stopIfAborted(signal)

  const store = new AvatarStore(join(folder, 'avatars'))
  const { revision } = await store.create(AVATAR, { signal }, async (content) => {
    const head = await cutOut(photo, landmarks, square)
    return {
      kind: 'portrait',
      source: {
        name: sourceName(portrait),
        format: photo.format,
        width: pictureWidth,
        height: pictureHeight,
      },
      face: faceFound(choice),
      picture: await writePortraitFiles(content, head.picture, head.landmarks),
      width: head.picture.width,
      height: head.picture.height,
      bboxShift: 0,
    }
  })
  onProgress(1)
  const backdrop = { path, left, top }
  const subject = { kind: 'portrait', folder: store.folderOf(AVATAR), revision, size, backdrop } as const
  return { subject, width, height }
}
