import { delimiter } from 'node:path'
import type { Command } from 'commander'
import type { SettingPath } from '../config/settings.js'
import { ConfigError } from '../errors.js'

/** Taps by the names that the command line has for them. */
const TAPS = ['musetalk-ws', 'musetalk-http', 'indextts-ws', 'lam', 'dicetalk'] as const

/** Adds the options of the taps to `phiz serve`. */
export function tapOptions(command: Command): Command {
  return command
    .option(
      '--tap <name=port>',
      `port of a tap: ${TAPS.join(', ')}; 0 takes a free one (repeatable)`,
      collect,
    )
    .option(
      '--no-tap <name>',
      'leave a tap out (repeatable)',
      (name: string, before: readonly string[] | undefined) => collect(`${name}=off`, before),
    )
    .option('--media-root <folder>', 'folder whose files clients may name (repeatable)', collect)
    .option('--api-key <key>', 'a key that every request must carry; better given as PHIZ_API_KEY')
}

/** Commander's way to let an option be given several times. */
function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/**
 * The settings that these options give; the last word on a tap counts.
 * @throws ConfigError naming an option that says nothing usable
 */
export function tapSettings(
  options: Readonly<Record<string, unknown>>,
): Partial<Record<SettingPath, string>> {
  const settings: Partial<Record<SettingPath, string>> = {}
  for (const choice of (options['tap'] ?? []) as readonly string[]) {
    const [, name, port] = /^([^=]*)=(.+)$/.exec(choice) ?? []
    const tap = TAPS.find((known) => known === name)
    if (tap === undefined || port === undefined) {
      throw new ConfigError([
        `--tap (command line): Expected <name>=<port> with a name of ${TAPS.join(', ')}, got "${choice}"`,
      ])
    }
    settings[`taps.${tap}`] = port
  }
  const roots = options['mediaRoot'] as readonly string[] | undefined
  if (roots !== undefined) settings['taps.mediaRoots'] = roots.join(delimiter)
  return settings
}
