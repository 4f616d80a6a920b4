import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PhizError } from '../../errors.js'
import { frameFile, PICTURE_FILE, PREVIEW_FILE } from '../../stages/avatar/files.js'
import type { AvatarStore } from '../../stages/avatar/store.js'

export type PictureSize = 'small' | 'full'

/** A picture of an avatar, as it is sent. */
export interface AvatarPicture {
  readonly contentType: 'image/jpeg' | 'image/png'
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A stored avatar's picture, and of which revision it is. */
export interface StoredPicture {
  readonly revision: string
  read(): Promise<AvatarPicture>
}

/**
 * Finds the picture of a stored avatar.
 * @throws PhizError `not-found` when there is no such avatar, InputError when the id is none, ModelLoadError when it is
 * damaged
 */
export async function storedPicture(
  store: AvatarStore,
  id: string,
  size: PictureSize,
): Promise<StoredPicture> {
  const { kind, revision } = await store.get(id)
  const full = kind === 'video' ? frameFile(0) : PICTURE_FILE
  const file = size === 'small' ? PREVIEW_FILE : full
  return {
    revision,
    read: async () => ({
      contentType: file.endsWith('.png') ? 'image/png' : 'image/jpeg',
      bytes: await readFile(join(store.folderOf(id), revision, file)).catch((error: unknown) => {
        // Replaced or removed since its manifest was read.
        throw new PhizError('not-found', `The picture of avatar "${id}" is gone.`, {
          cause: error,
          retryable: true,
        })
      }),
    }),
  }
}
