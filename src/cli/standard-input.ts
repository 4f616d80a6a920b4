import { TextDecoder } from 'node:util'
import { InputError } from '../errors.js'

/**
 * Reads standard input as UTF-8 text.
 * @param maxCharacters more than this is refused while it is being read, so that an endless pipe does not fill memory
 * @throws InputError when it is not UTF-8 or too long
 */
export async function readStandardInput(maxCharacters: number, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const stop = (): void => {
    process.stdin.destroy()
  }
  signal.addEventListener('abort', stop, { once: true })
  let text = ''
  try {
    for await (const chunk of process.stdin) {
      text += decode(decoder, chunk as Buffer)
      if (text.length > maxCharacters) {
        throw new InputError(
          `The text on standard input is longer than the limit of ${maxCharacters} characters.`,
        )
      }
    }
    signal.throwIfAborted()
    return text + decode(decoder)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (error) {
    throw new InputError('The text on standard input is not UTF-8.', { cause: error })
  }
}
