import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { InputError } from '../../errors.js'
import { isAvatarId } from './avatar-id.js'
import { createAvatar } from './create.js'
import type { AvatarObserver, AvatarServices } from './job.js'
import type { AvatarManifest } from './manifest.js'
import { AvatarStore } from './store.js'

/** An avatar for some time. Give it back: one that was made for this use alone is then removed. */
export interface BorrowedAvatar extends AsyncDisposable {
  readonly folder: string
  readonly manifest: AvatarManifest
}

/** Files that are taken for videos; any other is taken for a picture. */
const VIDEO_NAMES = new Set(['.mp4', '.m4v', '.mov', '.avi', '.webm', '.mkv', '.mpg', '.mpeg', '.ts', '.3gp'])

/**
 * The avatar that somebody means: one of the store by its id, or else one that is made of a picture or video file,
 * outside the store, for as long as it is borrowed.
 *
 * @param reference An id, or the path of a file.
 * @throws InputError when it is neither; what {@link createAvatar} throws when the file cannot become an avatar.
 */
export async function borrowAvatar(
  services: AvatarServices,
  reference: string,
  observer: AvatarObserver,
): Promise<BorrowedAvatar> {
  const { store } = services
  if (isAvatarId(reference) && (await exists(store.folderOf(reference)))) {
    const manifest = await store.get(reference)
    return { folder: store.folderOf(reference), manifest, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  if (!(await exists(reference))) {
    throw new InputError(
      `avatar is "${reference}", which is neither an avatar in ${store.folder} nor a file. ` +
        '`phiz avatar list` shows what there is; a picture or video of a face makes one.',
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'phiz-borrowed-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const own = new AvatarStore(folder)
    const kind = VIDEO_NAMES.has(extname(reference).toLowerCase()) ? 'video' : 'image'
    const request = { id: 'borrowed', source: { kind, path: reference } } as const
    const manifest = await createAvatar({ ...services, store: own }, request, observer)
    return { folder: own.folderOf('borrowed'), manifest, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
