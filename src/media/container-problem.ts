/** Why a file is no container of sound or pictures, in words for whoever brought it. */
import { recogniseFormat } from './picture-format.js'

/** First boxes of MP4 and MOV files (ISO/IEC 14496-12, QuickTime), at the fifth byte. */
const MP4_BOXES = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip']

/**
 * What a file is that could not be opened.
 *
 * @param head - the first bytes of the file, or none when they are not known.
 * @param reason - what FFmpeg says.
 */
export function containerProblem(head: Uint8Array, reason: string): string {
  const box = String.fromCharCode(...head.subarray(4, 8))
  const picture = recogniseFormat(head)
  if ('format' in picture) return `it is a ${picture.format.toUpperCase()} picture.`
  if (MP4_BOXES.includes(box))
    return 'it is a cut or damaged MP4 or MOV file: its index is missing or unreadable.'
  if (head.length > 0 && picture.kind === 'text') return 'it is text.'
  return `it is in no format that is known here, or damaged (${reason}).`
}
