import { resolve } from 'node:path'
import { readEnvironment } from '../config/environment.js'
import { readConfigFile } from '../config/file.js'
import { resolveConfig } from '../config/load.js'
import type { Config } from '../config/schema.js'
import type { SettingPath, SettingValues } from '../config/settings.js'
import { tapSettings } from './tap-options.js'
import type { Terminal } from './terminal.js'
import { checkWeight, weightSettings } from './weight-option.js'

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
}

/** Flags that set a setting, by the flag's name in commander's spelling. */
const SETTING_FLAGS: Readonly<Record<string, SettingPath>> = {
  device: 'device',
  apiKey: 'apiKey',
  modelDir: 'models.directory',
  dataDirectory: 'dataDirectory',
  speech: 'speech.engine',
  expression: 'expression.engine',
  video: 'video.engine',
  film: 'film.engine',
  seed: 'expression.seed',
  fps: 'video.fps',
  size: 'video.size',
  quality: 'video.quality',
  workers: 'video.workers',
  host: 'gateway.host',
  port: 'gateway.port',
  llmUrl: 'reply.url',
  llmModel: 'reply.model',
  logLevel: 'log.level',
}

const DEFAULT_FILE = 'phiz.config.json'

/**
 * The configuration of one command: flags over environment over `phiz.config.json` (or the file of `--config`) over
 * defaults.
 * @throws ConfigError listing every issue at once
 */
export async function commandConfig(options: Readonly<Record<string, unknown>>): Promise<Config> {
  const chosen = options['config'] as string | undefined
  const fileName = chosen ?? DEFAULT_FILE
  const flags: Partial<Record<SettingPath, string>> = {}
  for (const [flag, path] of Object.entries(SETTING_FLAGS)) {
    const value = options[flag]
    if (typeof value === 'string') flags[path] = value
  }
  Object.assign(flags, tapSettings(options), weightSettings(options))
  const config = resolveConfig({
    flags: flags satisfies SettingValues,
    environment: readEnvironment(),
    file: await readConfigFile(resolve(fileName), chosen !== undefined),
    fileName,
  })
  checkWeight(config, options)
  return config
}
