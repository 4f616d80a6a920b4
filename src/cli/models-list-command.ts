import { modelStore } from '../models/installed.js'
import { KNOWN_MODELS, pinOf } from '../models/known-models.js'
import { commandConfig, type CommandContext } from './context.js'
import { describeModel } from './models-description.js'

/** `phiz models list`: what can be brought in and what is there, a line each; or as JSON. */
export async function modelsListCommand(
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const store = modelStore(await commandConfig(options))
  const models = KNOWN_MODELS.map((id) => {
    const pin = pinOf(id)
    return { pin, found: store.look(pin) }
  })
  if (options['json'] === true) {
    const list = models.map(({ pin, found }) => ({
      id: pin.id,
      title: pin.title,
      version: pin.version,
      license: pin.license,
      folder: store.folderOf(pin),
      ...found,
    }))
    terminal.print(JSON.stringify({ models: list }, null, 2))
    return
  }
  for (const { pin, found } of models) {
    terminal.print(`${pin.id}  ${pin.title}: ${describeModel(pin, found)}`)
  }
}
