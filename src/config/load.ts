import type { z } from 'zod'
import { ConfigError } from '../errors.js'
import { withOpenaiKey } from './openai-key.js'
import { configSchema, type Config } from './schema.js'
import {
  environmentName,
  SETTING_PATHS,
  TEXT_SETTINGS,
  type SettingPath,
  type SettingValues,
} from './settings.js'

export interface ConfigSources {
  /** From the command line; wins. */
  readonly flags?: SettingValues
  /** From the environment. */
  readonly environment?: SettingValues
  /** Parsed content of the configuration file; loses. */
  readonly file?: unknown
  /** What the configuration file is called in messages. */
  readonly fileName?: string
}

/**
 * Merges flags over environment over file over defaults and validates the result.
 * @throws ConfigError listing every issue at once, each with where its value came from
 */
export function resolveConfig(sources: ConfigSources = {}): Config {
  const fileName = sources.fileName ?? 'phiz.config.json'
  if (sources.file !== undefined && !isObject(sources.file)) {
    throw new ConfigError([`${fileName}: expected an object, got ${describe(sources.file)}`])
  }
  const merged = structuredClone(sources.file ?? {})
  const origins = new Map<string, string>()
  for (const path of SETTING_PATHS) {
    const flag = sources.flags?.[path]
    const variable = sources.environment?.[path]
    if (flag !== undefined) {
      assign(merged, path, parse(path, flag))
      origins.set(path, 'command line')
    } else if (variable !== undefined) {
      assign(merged, path, parse(path, variable))
      origins.set(path, environmentName(path))
    }
  }
  const result = configSchema.safeParse(merged)
  if (result.success) return withOpenaiKey(result.data)
  throw new ConfigError(result.error.issues.map((issue) => explain(issue, merged, origins, fileName)))
}

/** Numbers arrive as text from flags and the environment; the schema says whether one is wanted. */
function parse(path: SettingPath, value: string | number): string | number {
  if (TEXT_SETTINGS.has(path)) return String(value)
  return typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim())
    ? Number(value)
    : value
}

function explain(
  issue: z.core.$ZodIssue,
  merged: object,
  origins: ReadonlyMap<string, string>,
  fileName: string,
): string {
  const path = issue.path.join('.')
  const origin = origins.get(path) ?? fileName
  const value = issue.path.reduce<unknown>(
    (node, key) => (isObject(node) ? node[String(key)] : undefined),
    merged,
  )
  const given = issue.code === 'unrecognized_keys' || value === undefined ? '' : `, got ${describe(value)}`
  return `${path === '' ? 'the file' : path} (${origin}): ${issue.message}${given}`
}

function describe(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function assign(target: object, path: SettingPath, value: string | number): void {
  const [first, second] = path.split('.') as [string, string?]
  const node = target as Record<string, unknown>
  if (second === undefined) {
    node[first] = value
    return
  }
  const group = isObject(node[first]) ? node[first] : {}
  group[second] = value
  node[first] = group
}
