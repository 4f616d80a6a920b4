/** Why a conversation did not begin: an error's code such as `overload`, or `closed`. */
export class ConverseError extends Error {
  override readonly name = 'ConverseError'
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}
