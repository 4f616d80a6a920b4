import { writeFile } from 'node:fs/promises'
import { InputError, messageOf } from '../errors.js'
import { avatarSheet } from '../stages/video/portrait/contact-sheet.js'
import type { AvatarPlace } from '../stages/video/portrait/subject.js'
import { avatarStore } from '../stages/avatar/configured-store.js'
import { commandConfig, type CommandContext } from './context.js'

/** `phiz avatar sheet`: a face in all its expressions, as one PNG; without an id, the built-in one. */
export async function sheetCommand(
  id: string | undefined,
  options: Readonly<Record<string, string | undefined>>,
  { terminal }: CommandContext,
): Promise<void> {
  const output = options['output'] ?? 'sheet.png'
  if (!output.toLowerCase().endsWith('.png')) {
    throw new InputError(`The output "${output}" is not a .png; a contact sheet is a PNG.`)
  }
  const sheet = await avatarSheet(id === undefined ? undefined : await stored(id, options))
  try {
    await writeFile(output, sheet)
  } catch (error) {
    throw new InputError(`${output} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  terminal.print(output)
}

async function stored(
  id: string,
  options: Readonly<Record<string, string | undefined>>,
): Promise<AvatarPlace> {
  const store = avatarStore(await commandConfig(options))
  return { manifest: await store.get(id), folder: store.folderOf(id) }
}
