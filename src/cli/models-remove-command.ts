import { checkModelId } from '../models/model-id.js'
import { commandConfig, type CommandContext } from './context.js'
import { shelfModel } from './models-shelf.js'

/** `phiz models remove`: takes a model away. */
export async function modelsRemoveCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const known = checkModelId(id)
  await shelfModel(await commandConfig(options), known).remove()
  terminal.print(`${id}: removed`)
}
