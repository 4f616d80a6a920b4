import { randomUUID } from 'node:crypto'
import { firstValueFrom, of } from 'rxjs'
import { UnavailableError } from '../../errors.js'
import { BLENDSHAPE_COUNT } from '../../pipeline/blendshapes.js'
import type { MotionPacket } from '../../pipeline/packet.js'
import { Turn } from '../../pipeline/turn.js'
import type { Catalogue, Video } from '../../stages/catalogue.js'
import { Life } from '../../stages/life.js'

/** Microseconds of rest: enough for one frame at any rate. */
const A_MOMENT = 1_000_000 / 8
/** JPEG quality of a picture that is looked at once. */
const QUALITY = 85

/**
 * The built-in face at rest, as a JPEG, drawn by the line's own video stage and on its threads.
 * @throws UnavailableError where the engine of this server draws nothing without sound
 */
export async function builtInPicture(
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const video = await catalogue.video()
  if (video.from !== 'motion') return betweenTurns(catalogue, video, signal)
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

/** The first picture of a face that nobody speaks with, of an engine that draws speech from sound alone. */
async function betweenTurns(
  catalogue: Catalogue,
  { fps, width }: Video,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const look = { avatar: undefined, fps, size: width, quality: QUALITY }
  const idle = catalogue.idle(
    {
      look: () => look,
      life: new Life(),
      emotion: () => undefined,
      wants: (kind) => kind === 'frame',
      // The look stays as it is, so that no other can fail.
      onFailure: () => undefined,
    },
    signal,
  )
  for await (const packet of idle) if (packet.kind === 'frame') return new Uint8Array(packet.data)
  throw new UnavailableError('The video engine of this server has no picture of its face at rest.')
}
