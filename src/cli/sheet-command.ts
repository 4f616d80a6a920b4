import { writeFile } from 'node:fs/promises'
import { InputError, messageOf } from '../errors.js'
import { builtInContactSheet } from '../stages/video/portrait/contact-sheet.js'
import type { CommandContext } from './context.js'

/** `phiz avatar sheet`: the face in all its expressions, as one PNG. */
export async function sheetCommand(
  options: Readonly<Record<string, string | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const output = options['output'] ?? 'sheet.png'
  if (!output.toLowerCase().endsWith('.png')) {
    throw new InputError(`The output "${output}" is not a .png; a contact sheet is a PNG.`)
  }
  const sheet = await builtInContactSheet()
  try {
    await writeFile(output, sheet)
  } catch (error) {
    throw new InputError(`${output} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  terminal.print(output)
}
