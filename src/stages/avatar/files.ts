import { join } from 'node:path'

/**
 * Where the parts of an avatar lie. `avatar.json` says which revision is the present one, and everything else is in
 * that revision's folder: so that one rename of one file replaces an avatar, and no reader sees parts of two.
 *
 *     data/avatars/<id>/avatar.json
 *     data/avatars/<id>/<revision>/preview.jpg
 *     data/avatars/<id>/<revision>/landmarks.f32        468 × (x, y, z) a frame, float32, little-endian
 *     data/avatars/<id>/<revision>/picture.png          of a portrait
 *     data/avatars/<id>/<revision>/frames/000000.jpg …  of a video
 */
export const MANIFEST_FILE = 'avatar.json'
export const PREVIEW_FILE = 'preview.jpg'
export const LANDMARKS_FILE = 'landmarks.f32'
export const PICTURE_FILE = 'picture.png'
export const FRAMES_FOLDER = 'frames'

/** Path of a frame below the revision's folder. */
export function frameFile(index: number): string {
  return join(FRAMES_FOLDER, `${String(index).padStart(6, '0')}.jpg`)
}
