import { open } from 'node:fs/promises'

/** A file that came with a form. What its sender calls it, by name or by type, is not kept: its content decides. */
export class UploadedFile {
  constructor(
    readonly path: string,
    readonly bytes: number,
  ) {}
}

export interface StoreOptions {
  readonly maxBytes: number
  /** Makes the error of a file that is larger. */
  readonly excess: () => Error
  /** Told when a piece has been written. */
  readonly onProgress: () => void
}

/**
 * Writes a stream to a new file, and no more of it than is allowed. The file is closed when the promise settles.
 *
 * @throws `excess` at the byte that passes the limit
 */
export async function storeUpload(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  { maxBytes, excess, onProgress }: StoreOptions,
): Promise<UploadedFile> {
  const file = await open(path, 'wx', 0o600)
  try {
    let bytes = 0
    for await (const piece of stream) {
      bytes += piece.length
      if (bytes > maxBytes) throw excess()
      await file.writeFile(piece)
      onProgress()
    }
    return new UploadedFile(path, bytes)
  } finally {
    await file.close()
  }
}
