import { InputError } from '../../errors.js'

const PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Names that Windows keeps for devices, with any ending: a data folder can then be moved between systems. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Whether a name can be an avatar's: see {@link checkAvatarId}. */
export function isAvatarId(name: string): boolean {
  return PATTERN.test(name) && !name.endsWith('.') && !DEVICE_NAME.test(name)
}

/**
 * Passes an avatar's id through when it can be the name of a folder on every system and cannot lead out of its place.
 *
 * @throws InputError that names the id and says what an id is.
 */
export function checkAvatarId(id: string): string {
  if (isAvatarId(id)) return id
  const shown = JSON.stringify(id.length > 80 ? `${id.slice(0, 79)}…` : id)
  if (DEVICE_NAME.test(id)) {
    throw new InputError(`The avatar id ${shown} is a name that Windows reserves for a device; take another.`)
  }
  throw new InputError(
    `The avatar id ${shown} cannot be used; expected 1 to 64 letters, digits, ".", "_" and "-", ` +
      `beginning with a letter or a digit and not ending with ".".`,
  )
}
