import { extname } from 'node:path'
import { InputError } from '../../errors.js'
import type { PacketKind } from '../../pipeline/packet.js'

/** What `-o` can be, by the name of the target. */
export type OutputFormat = 'mp4' | 'wav' | 'json' | 'jpeg-folder'

/** The packets that an output is made of; what a format does not need is not made. */
export const OUTPUT_KINDS: Readonly<Record<OutputFormat, readonly PacketKind[]>> = {
  mp4: ['audio', 'frame'],
  wav: ['audio'],
  json: ['motion'],
  'jpeg-folder': ['frame'],
}

/**
 * The format of an output, from its name: `.mp4`, `.wav`, `.json`, or no extension (or a final slash) for a folder
 * of JPEGs.
 * @throws InputError naming the extension and those that work
 */
export function outputFormat(path: string): OutputFormat {
  if (path === '') throw new InputError('The output is empty: name a file (.mp4, .wav, .json) or a folder.')
  if (/[\\/]$/.test(path)) return 'jpeg-folder'
  const extension = extname(path).toLowerCase()
  switch (extension) {
    case '':
      return 'jpeg-folder'
    case '.mp4':
      return 'mp4'
    case '.wav':
      return 'wav'
    case '.json':
      return 'json'
    default:
      throw new InputError(
        `The output "${path}" ends in "${extension}"; expected .mp4 (film), .wav (sound), .json (blendshapes) or a name without extension (folder of JPEGs).`,
      )
  }
}
