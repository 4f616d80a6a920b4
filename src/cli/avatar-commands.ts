import type { Command } from 'commander'
import { configured } from './configured.js'
import type { CommandContext } from './context.js'

type Options = Record<string, string | boolean | undefined>

/** Adds the commands about avatars to `phiz avatar`. Each is imported when it runs. */
export function addAvatarCommands(avatar: Command, context: CommandContext): void {
  configured(
    avatar
      .command('create')
      .description('Make an avatar of a photo or a video.')
      .argument('<id>', 'its name: letters, digits, ".", "_" and "-"')
      .option('--image <file>', 'a photo: jpg, png, webp, avif, gif or tiff')
      .option('--video <file>', 'a video: mp4, mov, avi, webm, mkv, …')
      .option('--replace', 'replace the avatar of this name, if there is one')
      .option('--bbox-shift <pixels>', 'move the animated region down, or with a negative number up')
      .option('--batch-size <number>', 'frames of a video that are prepared at once, 1 to 64'),
  ).action(async (id: string, options: Options) => {
    const { avatarCreateCommand } = await import('./avatar-create-command.js')
    await avatarCreateCommand(id, options, context)
  })

  configured(
    avatar.command('list').description('List the avatars.').option('--json', 'print the list as JSON'),
  ).action(async (options: Options) => {
    const { avatarListCommand } = await import('./avatar-list-command.js')
    await avatarListCommand(options, context)
  })

  configured(
    avatar
      .command('show')
      .description('Say all about an avatar.')
      .argument('<id>', 'its name')
      .option('--json', 'print its manifest as JSON'),
  ).action(async (id: string, options: Options) => {
    const { avatarShowCommand } = await import('./avatar-show-command.js')
    await avatarShowCommand(id, options, context)
  })

  configured(avatar.command('remove').description('Remove an avatar.').argument('<id>', 'its name')).action(
    async (id: string, options: Options) => {
      const { avatarRemoveCommand } = await import('./avatar-remove-command.js')
      await avatarRemoveCommand(id, options, context)
    },
  )

  configured(
    avatar
      .command('sheet')
      .description('Draw an avatar, or the built-in one, in all its expressions, as one PNG.')
      .argument('[id]', 'its name')
      .option('-o, --output <file>', 'the PNG to write', 'sheet.png'),
  ).action(async (id: string | undefined, options: Record<string, string | undefined>) => {
    const { sheetCommand } = await import('./sheet-command.js')
    await sheetCommand(id, options, context)
  })
}
