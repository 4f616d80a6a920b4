/** Longest name that is kept, in UTF-16 code units. */
const MAX_LENGTH = 255

/** The base name of a path, whichever system wrote it, without control characters: what a manifest keeps of it. */
export function sourceName(path: string): string {
  const base = path.split(/[/\\]/).at(-1) ?? ''
  // eslint-disable-next-line no-control-regex -- they would reach terminals that show the name
  const clean = base.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, MAX_LENGTH)
  return clean === '' ? 'unnamed' : clean
}
