import { Command, CommanderError } from 'commander'
import { VERSION } from '../version.js'
import { addAvatarCommands } from './avatar-commands.js'
import { configured } from './configured.js'
import type { CommandContext } from './context.js'
import { addModelsCommands } from './models-commands.js'
import { tapOptions } from './tap-options.js'

type Options = Record<string, string | undefined>

/**
 * The command line of phiz. Each command is imported when it runs, so that help is quick. Parsing throws commander's CommanderError instead of ending the
 * process.
 */
export function createProgram(context: CommandContext): Command {
  const program = new Command('phiz')
    .description('Text or a recording in; speech, 52 ARKit blendshapes and a talking face out.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        context.terminal.print(text.trimEnd())
      },
      writeErr: (text) => {
        context.terminal.note(text.trimEnd())
      },
    })
    .showHelpAfterError('Run with --help for the options.')

  shared(
    program
      .command('say')
      .description('Speak a text, or a recording, into a file.')
      .argument('[text]', 'what to say; "-" reads standard input')
      .option(
        '-o, --output <path>',
        'film.mp4, sound.wav, blendshapes.json, or a folder for JPEGs',
        'phiz.mp4',
      )
      .option('--audio <file>', 'a recording to speak instead of a text')
      .option('--avatar <id or file>', 'whose face: an avatar, or a picture or video of a person')
      .option('--emotion <name>', 'happy, angry, sad, …, or strengths such as "happy=0.6,surprised=0.3"')
      .option('--prompt-audio <file>', 'a recording whose pitch and pace the voice takes on; not a clone')
      .option('--rate <factor>', 'speaking rate, 0.5 to 2')
      .option('--pitch <semitones>', 'pitch of the voice, -12 to 12')
      .option('--fps <number>', 'frames a second, 8 to 60')
      .option('--size <pixels>', 'width and height of the picture, 128 to 1024')
      .option('--quality <number>', 'JPEG quality, 10 to 95')
      .option('--seed <number>', 'seed of blinks, glances and head motion'),
  ).action(async (text: string | undefined, options: Options) => {
    const { sayCommand } = await import('./say-command.js')
    await sayCommand(text, options, context)
  })

  shared(
    tapOptions(
      program
        .command('serve')
        .description('Open the gateway (health, metrics, information) and the taps.')
        .option('--host <address>', 'address to listen on')
        .option('--port <number>', 'port of the gateway')
        .option('--llm-url <url>', 'OpenAI-compatible server that answers, such as http://127.0.0.1:11434/v1')
        .option('--llm-model <name>', 'name of the model there'),
    ).option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent'),
  ).action(async (options: Readonly<Record<string, unknown>>) => {
    const { serveCommand } = await import('./serve-command.js')
    await serveCommand(options, context)
  })

  addAvatarCommands(program.command('avatar').description('Make and look at avatars.'), context)
  addModelsCommands(
    program.command('models').description('Look after the models that do not come with phiz.'),
    context,
  )

  shared(
    program
      .command('doctor')
      .description('Say what works on this machine and what is missing.')
      .option('--json', 'print the result as JSON'),
  ).action(async (options: Record<string, string | boolean | undefined>) => {
    const { doctorCommand } = await import('./doctor-command.js')
    await doctorCommand(options, context)
  })

  return program
}

/** Adds the options that every command with engines has. */
function shared(command: Command): Command {
  return configured(command)
    .option('--device <device>', 'where models run: cpu, cuda or cuda:<index>')
    .option('--speech <engine>', 'voice: auto, hibari, espeak, or the ws:// URL of an IndexTTS server')
    .option('--expression <engine>', 'motion: visemes, lam, or the http:// URL of a LAM-A2E server')
    .option('--weight <folder>', 'folder of an exported LAM-A2E; takes lam as the engine of motion')
    .option('--video <engine>', 'face: portrait, musetalk, or the ws:// or http:// URL of a MuseTalk server')
    .option('--film <engine>', 'films: portrait, or the http:// URL of a DICE-Talk server')
    .option('--workers <number>', 'threads that draw; 0 takes one for each core, at most 4')
}

/** Whether commander has said all there is to say. */
export function isUsageError(error: unknown): error is CommanderError {
  return error instanceof CommanderError
}
