import { COMMON_VARIABLES, environmentName, SETTING_PATHS, type SettingValues } from './settings.js'

/** The settings that the environment gives, unparsed. The one place that reads the environment for phiz. */
export function readEnvironment(environment: NodeJS.ProcessEnv = process.env): SettingValues {
  const values: Record<string, string> = {}
  for (const path of SETTING_PATHS) {
    const value = given(environment, environmentName(path)) ?? given(environment, COMMON_VARIABLES[path])
    if (value !== undefined) values[path] = value
  }
  return values
}

/** An empty variable is how a shell says "not set". */
function given(environment: NodeJS.ProcessEnv, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : environment[name]
  return value === '' ? undefined : value
}

/** The environment of a command that phiz starts: this process's own, and more. */
export function environmentWith(
  more: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return { ...environment, ...more }
}
