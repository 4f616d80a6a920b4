import type { AvatarManifest } from '../../avatar/manifest.js'
import type { SquarePlace } from './backdrop.js'

/** Whose frames are drawn: the built-in avatar, or one from the avatar store. Small: it travels with every session. */
export type Subject = BuiltInSubject | StoredSubject

export interface BuiltInSubject {
  readonly kind: 'built-in'
  /** Width and height of the frames in pixels. */
  readonly size: number
}

export type StoredSubject =
  | (Stored & {
      readonly kind: 'portrait'
      /** Width and height of the frames in pixels; with a backdrop, of the square that is drawn into it. */
      readonly size: number
      /** The picture around the portrait. Default: none; the frames are the portrait's square. */
      readonly backdrop?: StoredBackdrop
    })
  | (Stored & { readonly kind: 'video' })

/** A picture file that surrounds a portrait, as large as the frames. */
export interface StoredBackdrop extends SquarePlace {
  readonly path: string
}

interface Stored {
  /** The avatar's folder. */
  readonly folder: string
  /** Changes when the avatar is made anew under the same name. */
  readonly revision: string
}

/** An avatar in the store. */
export interface AvatarPlace {
  readonly folder: string
  readonly manifest: AvatarManifest
}

/** A subject and the measures of its frames in pixels. */
export interface FramedSubject {
  readonly subject: Subject
  /** The avatar that it is; undefined for the built-in one, and for what is in no store. */
  readonly avatar?: AvatarPlace | undefined
  readonly width: number
  readonly height: number
}

/**
 * The frames of an avatar: a portrait's are squares of `size`, a video's as large as the video.
 *
 * @param avatar Whose; the built-in one when left out.
 */
export function framedSubject(avatar: AvatarPlace | undefined, size: number): FramedSubject {
  if (avatar === undefined) return { subject: { kind: 'built-in', size }, width: size, height: size }
  const { folder, manifest } = avatar
  const { revision, width, height } = manifest
  if (manifest.kind === 'video')
    return { subject: { kind: 'video', folder, revision }, avatar, width, height }
  return { subject: { kind: 'portrait', folder, revision, size }, avatar, width: size, height: size }
}

/** The same for the same frames, for caches. */
export function subjectKey(subject: Subject): string {
  return JSON.stringify(subject)
}
