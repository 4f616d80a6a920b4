import { BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { joinSamples } from '../../../pipeline/join-samples.js'
import type { AudioPacket } from '../../../pipeline/packet.js'
import type { EngineOf, EngineSession } from '../../../runtime/engine.js'
import type { MouthCurves } from '../visemes/mouth-curves.js'
import { LAM_FRAME_RATE } from './contract.js'
import { HELD_BACK } from './hops.js'
import type program from './program.js'

/** LAM-A2E behind a worker. */
export type LamEngine = EngineOf<typeof program>

/**
 * The weights of a turn's sound as curves of a mouth.
 *
 * @param rowsDue rows that the session yields of so many samples, when more may follow. Sound goes to it when it
 * completes some: every message takes the two threads some tenths of a millisecond.
 */
export function lamCurves(
  session: EngineSession<Float32Array, Float32Array>,
  rowsDue: (samples: number) => number,
): MouthCurves {
  const gathered: Float32Array[] = []
  let heard = 0
  let due = 0
  const send = (): AsyncIterable<Float32Array> => {
    const samples = joinSamples(gathered.splice(0))
    return session.process(samples, [samples.buffer])
  }
  return {
    rate: LAM_FRAME_RATE,
    channels: BLENDSHAPE_NAMES,
    lookahead: HELD_BACK / LAM_FRAME_RATE,
    take: ({ samples }) => {
      gathered.push(samples)
      heard += samples.length
      const before = due
      due = rowsDue(heard)
      return due === before ? [] : send()
    },
    async *end() {
      if (gathered.length > 0) yield* send()
      yield* session.flush()
    },
    close: () => session.close(),
  }
}

/** Gives a packet's sound to the network; yields the rows that it completes. */
export function weightsOf(
  session: EngineSession<Float32Array, Float32Array>,
  { samples }: AudioPacket,
): AsyncIterable<Float32Array> {
  // A packet's samples may be held by others: a copy goes to the worker.
  const copy = samples.slice()
  return session.process(copy, [copy.buffer])
}
