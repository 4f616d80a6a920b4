import type { AvatarManifest } from '../stages/avatar/manifest.js'

/** What an avatar is, in a few words. */
export function describeAvatar(manifest: AvatarManifest): string {
  const size = `${manifest.width} × ${manifest.height} pixels`
  if (manifest.kind === 'portrait') return `portrait, ${size}, from ${manifest.source.name}`
  const { count, fps } = manifest.frames
  return `video, ${(count / fps).toFixed(1)} s at ${Number(fps.toFixed(2))} fps, ${size}, from ${manifest.source.name}`
}
