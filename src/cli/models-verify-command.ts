import { messageOf, ModelLoadError, PhizError } from '../errors.js'
import { checkModelId } from '../models/model-id.js'
import { commandConfig, type CommandContext } from './context.js'
import { shelf, shelfModel, type ShelfModel } from './models-shelf.js'

/**
 * `phiz models verify`: reads every file of the models that are there; with `--try`, loads them too.
 * @throws ModelLoadError when one is damaged or does not load, or the one that was asked for is not there
 */
export async function modelsVerifyCommand(
  id: string | undefined,
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const config = await commandConfig(options)
  const models = id === undefined ? shelf(config) : [shelfModel(config, checkModelId(id))]
  const unusable: string[] = []
  for (const model of models) {
    const { isUsable, words } = await verdictOn(model, options['try'] === true, signal, id !== undefined)
    terminal.print(`${model.id}: ${words}`)
    if (!isUsable) unusable.push(model.id)
  }
  if (unusable.length > 0) throw new ModelLoadError(`Not usable: ${unusable.join(', ')}.`)
}

interface Verdict {
  readonly isUsable: boolean
  readonly words: string
}

async function verdictOn(
  model: ShelfModel,
  tries: boolean,
  signal: AbortSignal,
  mustBeThere: boolean,
): Promise<Verdict> {
  const { state, words, note } = await model.verify(signal)
  if (state !== 'installed') return { isUsable: state === 'missing' && !mustBeThere, words }
  const whole = ['every file is as it should be']
  try {
    if (tries) whole.push(await model.tryOut(signal))
  } catch (error) {
    // A bug must not pass for a damaged model.
    if (signal.aborted || !PhizError.isInstance(error)) throw error
    return { isUsable: false, words: `${whole[0]!}, but ${messageOf(error)}` }
  }
  return { isUsable: true, words: whole.join(', ') + (note === undefined ? '' : `; ${note}`) }
}
