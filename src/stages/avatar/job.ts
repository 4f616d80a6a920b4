import type { Config } from '../../config/schema.js'
import type { FaceEngine } from '../face/model.js'
import type { AvatarDraft } from './manifest.js'
import type { AvatarStore } from './store.js'

/** What may be read to make an avatar: the `avatars` part of the configuration. */
export type AvatarLimits = Config['avatars']

/** What creating avatars needs. */
export interface AvatarServices {
  readonly store: AvatarStore
  /** Loads the face model, or gives the loaded one. Asked when the request has been found to be in order. */
  readonly faces: () => Promise<FaceEngine>
  readonly limits: AvatarLimits
  /**
   * Makes what the video engine needs of a face beyond its pictures, as the last part of a creation. Nothing of the
   * avatar is left when it throws.
   *
   * @param content The avatar's files so far; the manifest is written later.
   */
  readonly prepare?: (content: string, draft: AvatarDraft, observer: AvatarObserver) => Promise<void>
}

/** A photo or a video, as a file or in memory. */
export type AvatarSource =
  | {
      readonly kind: 'image' | 'video'
      readonly path: string
      /** What errors and the manifest call it. Default: the path. */
      readonly name?: string
    }
  | {
      readonly kind: 'image' | 'video'
      readonly bytes: Uint8Array
      /** What errors and the manifest call it. Default: `image` or `video`. */
      readonly name?: string
    }

export interface AvatarRequest {
  readonly id: string
  readonly source: AvatarSource
  /** How far down the animated region is moved, in pixels of the stored picture: a whole number. Default: 0. */
  readonly bboxShift?: number
  /** Frames of a video that are prepared at once, 1 to 64: more keep more cores busy and take more memory. Default: 4. */
  readonly batchSize?: number
  /** Whether an avatar of the same id is replaced. Default: it is an error. */
  readonly replace?: boolean
}

/** How far a creation is. */
export interface AvatarProgress {
  /**
   * What is being done: reading a photo, finding its face, going through a video's frames, making what the video engine
   * needs of each frame, writing what is left.
   */
  readonly phase: 'reading' | 'finding' | 'frames' | 'latents' | 'storing'
  /** Pieces of this phase that are done: frames, or the phase itself. */
  readonly done: number
  /** Pieces of this phase, as far as is known by now; not less than `done`. */
  readonly total: number
  /** Frames a second, where the pieces are frames. */
  readonly fps?: number
}

/** Who follows a creation, and how it is stopped. */
export interface AvatarObserver {
  /** Stops the creation; it then rejects with the signal's error once nothing of it runs and nothing is left of it. */
  readonly signal: AbortSignal
  readonly onProgress?: (progress: AvatarProgress) => void
  /** Told what is odd about the source without making it unusable. */
  readonly onWarning?: (warning: string) => void
}

/** Where to read a source, and what errors call it. */
export function openSource(source: AvatarSource): { data: string | Uint8Array; name: string } {
  if ('path' in source) return { data: source.path, name: source.name ?? source.path }
  return { data: source.bytes, name: source.name ?? source.kind }
}
