import { describeAvatar } from './avatar-description.js'
import { avatarStore } from '../stages/avatar/configured-store.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz avatar list`: what there is, a line each; or as JSON, in the shape of the store's entries. */
export async function avatarListCommand(
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const store = avatarStore(await commandConfig(options))
  const entries = await store.list()
  if (options['json'] === true) {
    terminal.print(JSON.stringify({ avatars: entries }, null, 2))
    return
  }
  if (entries.length === 0) {
    terminal.note(`There are no avatars in ${store.folder}; \`phiz avatar create\` makes one.`)
    return
  }
  const width = Math.max(...entries.map(({ id }) => id.length))
  for (const entry of entries) {
    const what = 'manifest' in entry ? describeAvatar(entry.manifest) : `damaged: ${entry.damage}`
    terminal.print(`${entry.id.padEnd(width)}  ${what}`)
  }
}
