import { randomUUID } from 'node:crypto'
import { firstValueFrom, of } from 'rxjs'
import { UnavailableError } from '../../errors.js'
import { BLENDSHAPE_COUNT } from '../../pipeline/blendshapes.js'
import type { MotionPacket } from '../../pipeline/packet.js'
import { Turn } from '../../pipeline/turn.js'
import type { Catalogue } from '../../stages/catalogue.js'

/** Microseconds of rest: enough for one frame at any rate. */
const A_MOMENT = 1_000_000 / 8

/**
 * The built-in face at rest, as a JPEG, drawn by the line's own video stage and on its threads.
 * @throws UnavailableError where the engine of this server draws nothing without sound
 */
export async function builtInPicture(
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const video = await catalogue.video()
  if (video.from !== 'motion') {
    throw new UnavailableError('The video engine of this server has no picture of its face at rest.')
  }
  const turn = new Turn({ id: `picture-${randomUUID()}`, signal })
  const rest: MotionPacket = {
    kind: 'motion',
    turn: turn.id,
    index: 0,
    timestamp: 0,
    duration: A_MOMENT,
    weights: new Float32Array(BLENDSHAPE_COUNT),
    rotation: [0, 0, 0],
  }
  try {
    const { data } = await firstValueFrom(of(rest).pipe(video.stage.open(turn)))
    return new Uint8Array(data)
  } finally {
    turn.cancel()
    await turn.ended()
  }
}
