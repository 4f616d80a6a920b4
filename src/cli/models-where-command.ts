import { UnavailableError } from '../errors.js'
import { checkModelId } from '../models/model-id.js'
import { commandConfig, type CommandContext } from './context.js'
import { shelfModel } from './models-shelf.js'

/**
 * `phiz models where`: the folder of a model, for scripts.
 * @throws UnavailableError when it is not there or damaged
 */
export async function modelsWhereCommand(
  id: string,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const known = checkModelId(id)
  const model = shelfModel(await commandConfig(options), known)
  const { state, words, note } = model.look()
  if (state !== 'installed') throw new UnavailableError(`Model "${id}" is ${words}.`)
  if (note !== undefined) terminal.note(`${id}: ${note}`)
  terminal.print(model.folder)
}
