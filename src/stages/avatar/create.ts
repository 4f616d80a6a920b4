import { InputError } from '../../errors.js'
import type { AvatarObserver, AvatarRequest, AvatarServices } from './job.js'
import { MAX_BBOX_SHIFT, type AvatarDraft, type AvatarManifest } from './manifest.js'
import { preparePortrait } from './portrait-source.js'
import { writePortraitFiles } from './portrait-files.js'
import { prepareVideo } from './video-source.js'
import { stopIfAborted } from './stop-if-aborted.js'

const DEFAULT_BATCH_SIZE = 4
const MAX_BATCH_SIZE = 64

/**
 * Makes an avatar of a photo or a video and stores it. It is there when the promise resolves, and not at all when it
 * rejects: then an avatar that was to be replaced stays, nothing of the work runs any more, and nothing is left of it.
 *
 * @throws InputError when the request or the source cannot work as given; MediaError when the source is damaged or the
 * disk is full; UnavailableError when the same avatar is being made by someone else; the signal's error when it aborts.
 */
export async function createAvatar(
  { store, faces, limits, prepare }: AvatarServices,
  request: AvatarRequest,
  observer: AvatarObserver,
): Promise<AvatarManifest> {
  const { id, source } = request
  const { signal, onProgress } = observer
  const bboxShift = wholeNumber(request.bboxShift ?? 0, 'bboxShift', -MAX_BBOX_SHIFT, MAX_BBOX_SHIFT)
  const batchSize = wholeNumber(request.batchSize ?? DEFAULT_BATCH_SIZE, 'batchSize', 1, MAX_BATCH_SIZE)
  stopIfAborted(signal)
  const build = async (folder: string): Promise<AvatarDraft> => {
    if (source.kind === 'video') {
      const video = await prepareVideo(faces, source, folder, limits, batchSize, observer)
      onProgress?.({ phase: 'storing', done: 0, total: 1 })
      return { kind: 'video', ...video, bboxShift }
    }
    const { picture, landmarks, ...about } = await preparePortrait(faces, source, limits, observer)
    onProgress?.({ phase: 'storing', done: 0, total: 1 })
    const { width, height } = picture
    return {
      kind: 'portrait',
      ...about,
      picture: await writePortraitFiles(folder, picture, landmarks),
      width,
      height,
      bboxShift,
    }
  }
  return store.create(id, { replace: request.replace ?? false, signal }, async (folder) => {
    const draft = await build(folder)
    await prepare?.(folder, draft, observer)
    return draft
  })
}

function wholeNumber(value: number, name: string, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value
  throw new InputError(`${name} is ${value}; a whole number from ${low} to ${high} is expected.`)
}
