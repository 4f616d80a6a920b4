import type { AudioPacket } from '../../../pipeline/packet.js'
import type { Engine } from '../../../runtime/engine.js'
import type { VisemeNetwork, VisemeTable } from './contract.js'
import { PhonemeCurves, PHONEME_CURVE_RATE, PHONEME_LOOKAHEAD } from './phoneme-curves.js'
import { PhonemeLookup, type PhonemeAlphabet } from './phoneme-lookup.js'
import type { VisemeInit } from './program.js'

/** The viseme network behind a worker. */
export type VisemeEngine = Engine<VisemeInit, Float32Array, Float32Array>

/** Rows of values, one row after the other. */
type Rows = Iterable<Float32Array> | AsyncIterable<Float32Array>

/** Where a turn's curve rows come from. */
export interface MouthCurves {
  /** Rows a second. Row k is the mouth at (k + 0.5) / rate. */
  readonly rate: number
  /** Names of the values in a row. */
  readonly channels: readonly string[]
  /** Seconds by which the sound must run ahead of a row. */
  readonly lookahead: number
  /** Takes the next packet and yields the rows that it completes, one after the other. */
  take(packet: AudioPacket): Rows
  /** Yields the rows that remain. */
  end(): Rows
  close(): Promise<void>
}

/** Rows from phoneme times; no network is run. */
export function curvesFromPhonemes(table: VisemeTable, alphabet: PhonemeAlphabet): MouthCurves {
  const curves = new PhonemeCurves(table, new PhonemeLookup(table, alphabet))
  const width = table.channels.length
  let samples = 0
  let sampleRate = 1
  let made = 0
  const rowsTo = (count: number): Float32Array => {
    const rows = new Float32Array(Math.max(0, count - made) * width)
    for (let at = 0; at < rows.length; at += width) curves.write(made++, rows.subarray(at, at + width))
    return rows
  }
  return {
    rate: PHONEME_CURVE_RATE,
    channels: table.channels,
    lookahead: PHONEME_LOOKAHEAD,
    take(packet) {
      curves.add(packet.phonemes ?? [])
      samples += packet.samples.length
      sampleRate = packet.sampleRate
      const known = samples / sampleRate - PHONEME_LOOKAHEAD
      return [rowsTo(Math.floor(known * PHONEME_CURVE_RATE + 0.5))]
    },
    end: () => [rowsTo(Math.ceil((samples / sampleRate) * PHONEME_CURVE_RATE))],
    close: () => Promise.resolve(),
  }
}

/** Rows from sound alone, by the network. */
export async function curvesFromSound(
  engine: VisemeEngine,
  network: VisemeNetwork,
  sampleRate: number,
  signal: AbortSignal,
): Promise<MouthCurves> {
  const session = await engine.open({ sampleRate }, { signal })
  return {
    rate: network.frameRate,
    channels: network.channels,
    lookahead: network.lookaheadFrames / network.frameRate,
    take: ({ samples }) => {
      // A packet's samples may be held by others: a copy goes to the worker.
      const copy = samples.slice()
      return session.process(copy, [copy.buffer])
    },
    end: () => session.flush(),
    close: () => session.close(),
  }
}
