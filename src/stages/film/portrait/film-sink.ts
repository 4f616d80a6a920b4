import type { Mp4Writer } from '../../../media/mp4.js'
import { endOf, type Packet } from '../../../pipeline/packet.js'
import type { Sink } from '../../../pipeline/sink.js'
import type { FilmProgress } from './film-progress.js'

/**
 * Takes sound and frames into a film.
 *
 * @param length microseconds that the film will last, as far as is known; progress is counted against it
 */
export function filmSink(writer: Mp4Writer, length: number, progress: FilmProgress): Sink {
  return {
    name: 'film',
    kinds: ['audio', 'frame'],
    write: async (packet: Packet) => {
      if (packet.kind === 'audio') await writer.writeAudio(packet.samples)
      if (packet.kind !== 'frame') return
      await writer.writeFrame(packet.data, packet.index)
      progress.generating(endOf(packet) / length)
    },
    finish: async () => {
      progress.encoding()
      await writer.finish()
    },
    abort: () => writer.abort(),
  }
}
