import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FrontEndFiles } from './contract.js'

const unpacked = promisify(gunzip)

/**
 * Reads and unpacks what the front end needs from the folder in which the voice is installed.
 * @throws the file system's error when a file is missing, zlib's when one is damaged
 */
export async function readFrontEndFiles(directory: string, signal?: AbortSignal): Promise<FrontEndFiles> {
  const read = (name: string): Promise<Uint8Array> => readFile(join(directory, name), { signal })
  const [goldLexicon, silverLexicon, tagger, vocabulary] = await Promise.all([
    read('lexicon_us_gold.json.gz').then(unpacked),
    read('lexicon_us_silver.json.gz').then(unpacked),
    read('tagger.json.gz').then(unpacked),
    read('vocab.json'),
  ])
  return { goldLexicon, silverLexicon, tagger, vocabulary }
}
