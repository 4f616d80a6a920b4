import { BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import type { AudioPacket } from '../../../pipeline/packet.js'
import type { EngineOf, EngineSession } from '../../../runtime/engine.js'
import type { MouthCurves } from '../visemes/mouth-curves.js'
import { LAM_FRAME_RATE } from './contract.js'
import { HELD_BACK } from './hops.js'
import type program from './program.js'

/** LAM-A2E behind a worker. */
export type LamEngine = EngineOf<typeof program>

/** The weights of a turn's sound as curves of a mouth. */
export function lamCurves(session: EngineSession<Float32Array, Float32Array>): MouthCurves {
  return {
    rate: LAM_FRAME_RATE,
    channels: BLENDSHAPE_NAMES,
    lookahead: HELD_BACK / LAM_FRAME_RATE,
    take: (packet) => weightsOf(session, packet),
    end: () => session.flush(),
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
