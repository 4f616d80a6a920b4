import { modelStore } from '../models/installed.js'
import { checkModelId, pinOf } from '../models/known-models.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz models remove`: takes a model away. */
export async function modelsRemoveCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const pin = pinOf(checkModelId(id))
  await modelStore(await commandConfig(options)).remove(pin)
  terminal.print(`${id}: removed`)
}
