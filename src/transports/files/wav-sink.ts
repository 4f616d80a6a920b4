import { createWavWriter } from '../../media/wav.js'
import type { Sink } from '../../pipeline/sink.js'

/** Writes sound to a 16-bit mono WAV file, which appears under its name only when it is whole. */
export async function wavSink(path: string, options: { readonly sampleRate: number }): Promise<Sink> {
  const writer = await createWavWriter(path, options)
  return {
    name: 'wav',
    kinds: ['audio'],
    write: (packet) => (packet.kind === 'audio' ? writer.write(packet.samples) : undefined),
    finish: async () => {
      await writer.finish()
    },
    abort: () => writer.abort(),
  }
}
