import { ModelLoadError } from '../errors.js'
import { modelStore } from '../models/installed.js'
import { checkModelId, KNOWN_MODELS, pinOf } from '../models/known-models.js'
import { commandConfig, type CommandContext } from './context.js'
import { describeModel } from './models-description.js'

/**
 * `phiz models verify`: reads every file of the models that are there.
 * @throws ModelLoadError when one is damaged, or the one that was asked for is not there
 */
export async function modelsVerifyCommand(
  id: string | undefined,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const ids = id === undefined ? KNOWN_MODELS : [checkModelId(id)]
  const store = modelStore(await commandConfig(options))
  const unusable: string[] = []
  for (const pin of ids.map(pinOf)) {
    const found = await store.verify(pin, signal)
    terminal.print(
      `${pin.id}: ${found.state === 'installed' ? 'every file is as it should be' : describeModel(pin, found)}`,
    )
    if (found.state === 'damaged' || (found.state === 'missing' && id !== undefined)) unusable.push(pin.id)
  }
  if (unusable.length > 0) throw new ModelLoadError(`Not usable: ${unusable.join(', ')}.`)
}
