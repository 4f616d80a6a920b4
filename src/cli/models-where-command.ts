import { UnavailableError } from '../errors.js'
import { modelStore } from '../models/installed.js'
import { checkModelId, pinOf } from '../models/known-models.js'
import { commandConfig, type CommandContext } from './context.js'
import { describeModel } from './models-description.js'

/**
 * `phiz models where`: the folder of a model, for scripts.
 * @throws UnavailableError when it is not there or damaged
 */
export async function modelsWhereCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const pin = pinOf(checkModelId(id))
  const store = modelStore(await commandConfig(options))
  const found = store.look(pin)
  if (found.state !== 'installed')
    throw new UnavailableError(`Model "${id}" is ${describeModel(pin, found)}.`)
  terminal.print(store.folderOf(pin))
}
