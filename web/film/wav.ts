const HEADER_BYTES = 44
const SAMPLE_BYTES = 2
const FULL_SCALE = 0x7fff

/** A mono WAV of 16-bit samples: the mean of the channels, which are as long as each other. */
export function wavOf(channels: readonly Float32Array[], sampleRate: number): ArrayBuffer {
  const length = channels[0]?.length ?? 0
  const bytes = length * SAMPLE_BYTES
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + bytes))
  const name = (offset: number, text: string): void => {
    for (let i = 0; i < text.length; i += 1) view.setUint8(offset + i, text.charCodeAt(i))
  }
  name(0, 'RIFF')
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true)
  name(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  // PCM, one channel.
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * SAMPLE_BYTES, true)
  view.setUint16(32, SAMPLE_BYTES, true)
  view.setUint16(34, 8 * SAMPLE_BYTES, true)
  name(36, 'data')
  view.setUint32(40, bytes, true)
  for (let i = 0; i < length; i += 1) {
    let sum = 0
    for (const channel of channels) sum += channel[i]!
    const mean = Math.max(-1, Math.min(1, sum / channels.length))
    view.setInt16(HEADER_BYTES + i * SAMPLE_BYTES, Math.round(mean * FULL_SCALE), true)
  }
  return view.buffer
}
