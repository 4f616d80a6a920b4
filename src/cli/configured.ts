import type { Command } from 'commander'

/** Adds the options of every command that reads the configuration. */
export function configured(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: phiz.config.json where there is one)')
    .option('--data-directory <folder>', 'where phiz keeps what it makes')
    .option('--model-dir <folder>', 'where models are that were brought in')
}
