import { readPicture } from '../../media/picture.js'
import { chooseFace } from '../face/choose.js'
import { findFaces } from '../face/find.js'
import type { FaceEngine } from '../face/model.js'
import { portraitCrop } from '../video/portrait/photo/crop.js'
import { cutOut, type CutOut } from './cut-out.js'
import { faceFound, othersWarning, type FaceReport } from './face-report.js'
import { openSource, type AvatarLimits, type AvatarObserver, type AvatarSource } from './job.js'
import type { AvatarManifest } from './manifest.js'
import { sourceName } from './source-name.js'
import { stopIfAborted } from './stop-if-aborted.js'

/** A photo, prepared: the square around the head, and what else a portrait avatar is, before it is stored. */
export interface PreparedPortrait extends CutOut {
  readonly source: AvatarManifest['source']
  readonly face: FaceReport
}

/**
 * Reads a photo, finds the face in it and cuts the head out, at the size it has in the photo or smaller.
 *
 * @param faces Loads the face model; it is loaded while the photo is read.
 * @throws InputError when the photo is over a limit, or shows no face that can be used; MediaError when it is damaged;
 * the signal's error when it aborts.
 */
export async function preparePortrait(
  faces: () => Promise<FaceEngine>,
  source: AvatarSource,
  limits: AvatarLimits,
  { signal, onProgress, onWarning }: AvatarObserver,
): Promise<PreparedPortrait> {
  const { data, name } = openSource(source)
  const { maxImageBytes: maxBytes, maxImagePixels: maxPixels } = limits
  onProgress?.({ phase: 'reading', done: 0, total: 1 })
  const [read, load] = await Promise.allSettled([
    readPicture(data, { maxBytes, maxPixels, name, signal }),
    faces(),
  ])
  stopIfAborted(signal)
  if (read.status === 'rejected') throw read.reason
  if (load.status === 'rejected') throw load.reason
  const photo = read.value
  const { width, height } = photo

  onProgress?.({ phase: 'finding', done: 0, total: 1 })
  const found = await findFaces(load.value, photo, { signal })
  const choice = chooseFace(found, name, { width, height })
  if (choice.others > 0) onWarning?.(othersWarning(choice.others, name))
  const { landmarks } = choice.face

  const head = await cutOut(photo, landmarks, portraitCrop(landmarks, width, height))
  stopIfAborted(signal)
  return {
    ...head,
    source: { name: sourceName(name), format: photo.format, width, height },
    face: faceFound(choice),
  }
}
