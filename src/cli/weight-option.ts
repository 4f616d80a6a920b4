import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../config/schema.js'
import type { SettingPath } from '../config/settings.js'
import { ConfigError } from '../errors.js'
import { howToExport } from '../models/exported.js'

type Options = Readonly<Record<string, unknown>>

/**
 * The settings that `--weight <folder>` gives: where LAM-A2E is, and that it is to be used unless `--expression` says
 * otherwise.
 */
export function weightSettings({ weight, expression }: Options): Partial<Record<SettingPath, string>> {
  if (typeof weight !== 'string') return {}
  return { 'lam.folder': weight, ...(expression === undefined && { 'expression.engine': 'lam' }) }
}

/**
 * LAM-A2E's own server takes a checkpoint as `--weight`; whoever gives one here is told to export it.
 * @throws ConfigError with the command that does
 */
export function checkWeight(config: Config, { weight }: Options): void {
  if (typeof weight !== 'string') return
  if (statSync(resolve(weight), { throwIfNoEntry: false })?.isDirectory() !== false) return
  throw new ConfigError([
    `--weight (command line): Expected the folder of an exported LAM-A2E, got the file "${weight}". ` +
      `${howToExport(config, 'lam-a2e')} Then --expression lam finds it there.`,
  ])
}
