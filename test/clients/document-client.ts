import { readFile } from 'node:fs/promises'

/**
 * The text of a client as its document prints it, with what the README lists put in place of it.
 * @param replacements texts by what they stand in for; one that the client does not hold is an error
 */
export async function documentClient(
  name: string,
  replacements: Readonly<Record<string, string>> = {},
): Promise<string> {
  let text = await readFile(new URL(name, import.meta.url), 'utf8')
  for (const [printed, here] of Object.entries(replacements)) {
    if (!text.includes(printed)) throw new Error(`${name} does not hold "${printed}".`)
    text = text.replaceAll(printed, here)
  }
  return text
}
