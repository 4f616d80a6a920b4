import { createMp4Writer, type Mp4Options } from '../../media/mp4.js'
import type { Packet } from '../../pipeline/packet.js'
import type { Sink } from '../../pipeline/sink.js'

/** Writes sound and frames to an MP4 file, which appears under its name only when it is whole. */
export async function mp4Sink(path: string, options: Mp4Options): Promise<Sink> {
  const writer = await createMp4Writer(path, options)
  return {
    name: 'mp4',
    kinds: ['audio', 'frame'],
    write: (packet: Packet) => {
      if (packet.kind === 'audio') return writer.writeAudio(packet.samples)
      if (packet.kind === 'frame') return writer.writeFrame(packet.data, packet.index)
      return undefined
    },
    finish: async () => {
      await writer.finish()
    },
    abort: () => writer.abort(),
  }
}
