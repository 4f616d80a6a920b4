/** The server refused something; the message is for people. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem'
}

/** The error that an answer tells of, in the forms of the gateway and of the taps; its text where it has neither. */
export function problemOf(text: string): ServerProblem {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return new ServerProblem(text.slice(0, 300))
  }
  const { error, detail } = (body ?? {}) as { error?: unknown; detail?: unknown }
  const message =
    typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
  const told = [message, detail].find((one) => typeof one === 'string' && one !== '')
  return new ServerProblem(typeof told === 'string' ? told : text.slice(0, 300))
}
