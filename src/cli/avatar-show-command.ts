import type { AvatarManifest } from '../stages/avatar/manifest.js'
import { avatarStore } from '../stages/avatar/configured-store.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz avatar show`: all that is known of an avatar; or its manifest as JSON. */
export async function avatarShowCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const store = avatarStore(await commandConfig(options))
  const manifest = await store.get(id)
  if (options['json'] === true) {
    terminal.print(JSON.stringify(manifest, null, 2))
    return
  }
  for (const [label, value] of [...linesOf(manifest), ['folder', store.folderOf(id)] as const]) {
    terminal.print(`${label.padEnd(8)} ${value}`)
  }
}

function linesOf(manifest: AvatarManifest): [label: string, value: string][] {
  const { source, face } = manifest
  const length = source.seconds === undefined ? '' : `, ${source.seconds.toFixed(1)} s`
  const others = face.others === 0 ? '' : `; ${face.others} more in the source`
  const lines: [string, string][] = [
    ['id', manifest.id],
    ['kind', manifest.kind],
    ['created', manifest.createdAt],
    ['source', `${source.name} (${source.format}, ${source.width} × ${source.height}${length})`],
    [
      'face',
      `${Math.round(face.width)} × ${Math.round(face.height)} pixels, turned ${face.yaw.toFixed(0)}°${others}`,
    ],
    ['picture', `${manifest.width} × ${manifest.height} pixels`],
  ]
  if (manifest.kind === 'video') {
    const { count, fps } = manifest.frames
    lines.push(['frames', `${count} at ${Number(fps.toFixed(2))} fps, ${(count / fps).toFixed(1)} s`])
  }
  if (manifest.bboxShift !== 0) lines.push(['shift', `${manifest.bboxShift} pixels down`])
  return lines
}
