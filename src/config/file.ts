import { readFile } from 'node:fs/promises'
import { ConfigError, messageOf } from '../errors.js'

/**
 * Reads a configuration file.
 * @param required when false, a file that does not exist gives undefined
 * @throws ConfigError when it cannot be read or is not JSON
 */
export async function readConfigFile(path: string, required: boolean): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigError([`${path}: cannot be read (${messageOf(error)})`], { cause: error })
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new ConfigError([`${path}: is not valid JSON (${messageOf(error)})`], { cause: error })
  }
}
