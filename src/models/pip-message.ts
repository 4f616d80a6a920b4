/** Escape sequences that colour a terminal. */
// eslint-disable-next-line no-control-regex -- they begin with the control character ESC
const COLOUR = /\u001b\[[\d;]*m/g

/** How pip tells of a network that fails, once for each try, before it says that no version was found. */
const NETWORK = /connection broken by '(.*)': \//

/** `Kind('<an object>: what happened')`, as Python shows an exception. */
const EXCEPTION = /^\w+\(['"]?(.*?)['"]?\)$/
const OBJECT = /<[^>]*>(?:: |, )?/g

/**
 * The one line of what pip said that tells people why it failed.
 *
 * @param text pip's standard error.
 */
export function pipProblem(text: string): string {
  const lines = text
    .replace(COLOUR, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  for (const line of lines) {
    const broken = NETWORK.exec(line)?.[1]
    if (broken === undefined) continue
    return `the package index cannot be reached (${broken.replace(EXCEPTION, '$1').replace(OBJECT, '')})`
  }
  const error = lines
    .find((line) => line.startsWith('ERROR:'))
    ?.slice('ERROR:'.length)
    .trim()
  // An exception that pip did not expect ends with what happened, after where it did.
  if (error === 'Exception:') return lines.at(-1)!
  if (error !== undefined) return error
  return lines.find((line) => !/^(WARNING|DEPRECATION|\[notice\])/.test(line)) ?? 'it ended without a word'
}
