import { avatarStore } from '../stages/avatar/configured-store.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz avatar remove`: takes an avatar away. */
export async function avatarRemoveCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  await avatarStore(await commandConfig(options)).remove(id)
  terminal.print(`${id}: removed`)
}
