import { commandConfig, type CommandContext } from './context.js'
import { shelf } from './models-shelf.js'

/** `phiz models list`: which models do not come with phiz and which of them are there, a line each; or as JSON. */
export async function modelsListCommand(
  options: Readonly<Record<string, string | boolean | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const models = shelf(await commandConfig(options))
  if (options['json'] === true) {
    const list = models.map((model) => ({ id: model.id, title: model.title, ...model.look().json }))
    terminal.print(JSON.stringify({ models: list }, null, 2))
    return
  }
  for (const model of models) terminal.print(`${model.id}  ${model.title}: ${model.look().words}`)
}
