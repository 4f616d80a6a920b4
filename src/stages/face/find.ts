import { InferenceError, InputError } from '../../errors.js'
import type { RgbPicture } from '../../media/rgb-picture.js'
import type { FoundFace } from './found-face.js'
import type { FaceEngine } from './model.js'

export type { FaceBox, FoundFace } from './found-face.js'

/**
 * Finds the faces in a picture, however it is turned: small ones of a large picture too, down to about 50 pixels of
 * width. The same picture gives the same numbers each time.
 *
 * When no face stands upright, it is looked for on its side and upside down.
 *
 * @param picture - Of any size; copied, and free again when the call has returned.
 * @returns The faces, largest first; none is an empty list.
 * @throws InputError when the picture's numbers do not fit together; CancelledError when the signal aborts.
 */
export async function findFaces(
  engine: FaceEngine,
  picture: RgbPicture,
  { signal }: { readonly signal: AbortSignal },
): Promise<FoundFace[]> {
  const copy = copyOf(picture)
  const session = await engine.open({ purpose: 'find' }, { signal })
  try {
    let found: readonly FoundFace[] | undefined
    for await (const faces of session.process(copy, [copy.rgb.buffer])) found = faces
    if (found === undefined) throw new InferenceError('The search for faces ended without a result.')
    return [...found]
  } finally {
    await session.close()
  }
}

/** Follows one person's face through a video. */
export interface FaceTracker {
  /**
   * Finds the face in the next picture: in the first one in which there is any, the largest; from then on the same
   * person's, even when others come or are larger. One call at a time.
   *
   * @param picture - Copied, and free again when the call has returned.
   * @returns undefined when the face is not in the picture. It is then looked for in the following ones, the farther
   * from its last place the longer it has been away; small faces (below an eighth of the picture's longer side) only
   * in every eighth picture.
   * @throws InputError when the picture's numbers do not fit together; CancelledError when the signal has aborted.
   */
  track(picture: RgbPicture): Promise<FoundFace | undefined>
  /** Frees the state in the worker. Resolves when the last step has really ended; safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens a tracker: state for one video. Close it, or abort the signal.
 *
 * @throws CancelledError when the signal has aborted; OverloadError when too many are open.
 */
export async function openFaceTracker(
  engine: FaceEngine,
  { signal }: { readonly signal: AbortSignal },
): Promise<FaceTracker> {
  const session = await engine.open({ purpose: 'follow' }, { signal })
  return {
    async track(picture) {
      const copy = copyOf(picture)
      let face: FoundFace | undefined
      for await (const faces of session.process(copy, [copy.rgb.buffer])) face = faces?.[0]
      return face
    },
    close: () => session.close(),
  }
}

/** A picture with memory of its own, which can be moved to the worker. */
function copyOf({ rgb, width, height }: RgbPicture): RgbPicture {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (!whole || rgb.length !== width * height * 3) {
    throw new InputError(
      `The picture is ${width} × ${height} pixels with ${rgb.length} bytes; both sides must be whole numbers ` +
        'above 0, with three bytes for each pixel.',
    )
  }
  return { rgb: new Uint8Array(rgb), width, height }
}
