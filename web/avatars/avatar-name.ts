/** Longest name that is made; the server takes 64 characters, and a number may follow. */
const LONGEST = 40

/**
 * A name for the avatar that is made of a file: the file's own without its ending, in the characters that names may
 * have, and with a number where it is taken.
 */
export function avatarName(file: string, taken: ReadonlySet<string>): string {
  const name = file
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '')
  // Windows keeps some short names for devices, and the server refuses them: with a word before it, none is left.
  const base = /^(con|prn|aux|nul|com\d|lpt\d|)$/i.test(name) ? `face${name === '' ? '' : `-${name}`}` : name
  for (let number = 1; ; number += 1) {
    const wanted = number === 1 ? base : `${base}-${number}`
    if (!taken.has(wanted)) return wanted
  }
}
