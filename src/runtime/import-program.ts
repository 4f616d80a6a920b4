import { ModelLoadError } from '../errors.js'
import type { AnyProgramModule } from './program.js'

/**
 * Imports a program module.
 *
 * @throws ModelLoadError when its default export was not made by `defineProgram`.
 */
export async function importProgram(url: string): Promise<AnyProgramModule> {
  const module = (await import(url)) as { default?: Partial<AnyProgramModule> }
  if (typeof module.default?.load !== 'function') {
    throw new ModelLoadError(`${url} has no default export made by defineProgram.`)
  }
  return module.default as AnyProgramModule
}
