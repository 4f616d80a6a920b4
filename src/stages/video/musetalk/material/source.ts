import { join } from 'node:path'
import type { AvatarDraft } from '../../../avatar/manifest.js'
import type { AvatarPlace } from '../../portrait/subject.js'

/** What a material is made of. Small: it travels to the worker that makes it. */
export type MaterialSource =
  | {
      readonly kind: 'built-in'
      /** Width and height of the frame in pixels. */
      readonly size: number
    }
  | (StoredSource & {
      readonly kind: 'portrait'
      /** Width and height of the stored picture in pixels. */
      readonly side: number
      /** Width and height of the frame in pixels. */
      readonly size: number
    })
  | (StoredSource & {
      readonly kind: 'video'
      readonly count: number
      readonly fps: number
      readonly width: number
      readonly height: number
    })

interface StoredSource {
  /** Folder of the avatar's revision: see the avatar's files.ts. */
  readonly content: string
  /** How far down the animated region is moved, in pixels of the stored picture. */
  readonly bboxShift: number
}

/**
 * What the material of a stored avatar, or of the built-in one, is made of.
 *
 * @param avatar Whose; the built-in one when left out.
 * @param size Width and height in pixels of the frames of the built-in face and of portraits; a video's have its own.
 */
export function materialSource(avatar: AvatarPlace | undefined, size: number): MaterialSource {
  if (avatar === undefined) return { kind: 'built-in', size }
  const { folder, manifest } = avatar
  return draftedSource(join(folder, manifest.revision), manifest, size)
}

/** As {@link materialSource}, of an avatar that is being created. */
export function draftedSource(content: string, draft: AvatarDraft, size: number): MaterialSource {
  const { width, height, bboxShift } = draft
  if (draft.kind === 'portrait') return { kind: 'portrait', content, bboxShift, side: width, size }
  const { count, fps } = draft.frames
  return { kind: 'video', content, bboxShift, count, fps, width, height }
}
