import { loopFrame } from '../portrait/footage/loop.js'
import type { DrawingSession } from '../portrait/easel.js'
import type { MusetalkEngines } from './engines.js'
import type { Material } from './material/materials.js'

/** Standing of frames between turns against those of turns, which are 0. */
const IDLE_PRIORITY = -1

/**
 * The face between turns: the footage as it is, at the place of its loop where the last turn left it. No network runs.
 *
 * @param signal ends the session
 */
export async function restingSession(
  engines: MusetalkEngines,
  { folder, fps, count }: Material,
  signal: AbortSignal,
): Promise<DrawingSession> {
  const use = engines.use()
  try {
    const compose = await use.compose()
    const session = await compose.open({ material: folder }, { signal, priority: IDLE_PRIORITY })
    return {
      process: ({ seconds, quality }) => session.process({ index: loopFrame(seconds, fps, count), quality }),
      close: () => session.close(),
    }
  } finally {
    // Whoever composes needs none of the networks: they may be unloaded meanwhile.
    use.end()
  }
}
