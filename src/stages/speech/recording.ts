import type { Observable } from 'rxjs'
import { InputError } from '../../errors.js'
import type { AudioPacket } from '../../pipeline/packet.js'
import { pull } from '../../pipeline/pull.js'
import { samplesToMicroseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'

/**
 * Sound that exists already, a file or an upload, as the speech of a turn: packets of equal length, the last one
 * shorter, without phonemes.
 *
 * - Cold; each packet waits for the turn's flow window, so that no more of the file is decoded than can be taken.
 * - Chunks may have any length. They are copied: the decoder may use its buffer again.
 * - The turn tracks the reading to its real end; cancelling the turn stops it and fails the stream.
 *
 * @param chunks starts decoding; mono in [-1, 1] at `sampleRate`; the signal aborts when nobody listens any more
 * @param sampleRate Hz
 * @param packetMs milliseconds of a packet, default 100
 * @throws InputError when the rate or the packet's length is not positive
 */
export function recordingSource(
  turn: Turn,
  chunks: (signal: AbortSignal) => AsyncIterable<Float32Array>,
  sampleRate: number,
  packetMs = 100,
): Observable<AudioPacket> {
  const packetSamples = Math.round((sampleRate * packetMs) / 1000)
  if (!(sampleRate > 0 && packetSamples >= 1)) {
    throw new InputError(
      `A recording of ${sampleRate} Hz in packets of ${packetMs} ms is not possible; both must be positive.`,
    )
  }
  return pull(
    async function* (unsubscribed) {
      const signal = AbortSignal.any([unsubscribed, turn.signal])
      let position = 0
      for await (const samples of packetsOf(chunks(signal), packetSamples)) {
        const timestamp = samplesToMicroseconds(position, sampleRate)
        await turn.window.admit(timestamp, signal)
        position += samples.length
        const duration = samplesToMicroseconds(position, sampleRate) - timestamp
        yield { kind: 'audio', turn: turn.id, timestamp, duration, samples, sampleRate } as const
      }
      signal.throwIfAborted()
    },
    (end) => void turn.track(end),
  )
}

async function* packetsOf(chunks: AsyncIterable<Float32Array>, length: number): AsyncGenerator<Float32Array> {
  let packet = new Float32Array(length)
  let filled = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, length - filled)
      packet.set(chunk.subarray(at, at + count), filled)
      at += count
      filled += count
      if (filled < length) continue
      yield packet
      packet = new Float32Array(length)
      filled = 0
    }
  }
  if (filled > 0) yield packet.slice(0, filled)
}
