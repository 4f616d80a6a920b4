import { environmentName, SETTING_PATHS, type SettingValues } from './settings.js'

/** The settings that the environment gives, unparsed. The one place that reads the environment for phiz. */
export function readEnvironment(environment: NodeJS.ProcessEnv = process.env): SettingValues {
  const values: Record<string, string> = {}
  for (const path of SETTING_PATHS) {
    const value = environment[environmentName(path)]
    // An empty variable is how a shell says "not set".
    if (value !== undefined && value !== '') values[path] = value
  }
  return values
}

/** The environment of a command that phiz starts: this process's own, and more. */
export function environmentWith(
  more: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return { ...environment, ...more }
}
