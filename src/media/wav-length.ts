/** How long a WAV says it is: FFmpeg itself looks at the size of the file, so a cut file seems whole to it. */

/**
 * Seconds of audio that the header announces.
 *
 * @param head - the start of the file, as far as its `data` chunk begins.
 * @returns undefined when `head` is no WAV, or one from a recorder that did not know the length (a size of 0 or all
 * ones), or when the samples begin beyond `head`.
 */
export function announcedWavSeconds(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const tag = (at: number): string => String.fromCharCode(...head.subarray(at, at + 4))
  if (head.length < 12 || tag(8) !== 'WAVE' || (tag(0) !== 'RIFF' && tag(0) !== 'RF64')) return undefined
  let bytesPerSecond = 0
  let longSize: number | undefined
  for (let at = 12; at + 8 <= head.length;) {
    const size = view.getUint32(at + 4, true)
    const body = at + 8
    if (tag(at) === 'data') {
      const dataBytes = size === 0xffffffff ? longSize : size
      return dataBytes && bytesPerSecond ? dataBytes / bytesPerSecond : undefined
    }
    if (tag(at) === 'fmt ' && body + 12 <= head.length) bytesPerSecond = view.getUint32(body + 8, true)
    // RF64 keeps the sizes that 32 bits cannot hold here.
    if (tag(at) === 'ds64' && body + 16 <= head.length) longSize = Number(view.getBigUint64(body + 8, true))
    at = body + size + (size % 2)
  }
  return undefined
}
