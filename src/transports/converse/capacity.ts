import { of } from 'rxjs'
import { CancelledError } from '../../errors.js'
import { frameStages, speakingLine, type FaceOutput } from '../../pipeline/line.js'
import type { Packet, TextPacket } from '../../pipeline/packet.js'
import { runTurn } from '../../pipeline/run.js'
import type { Sink } from '../../pipeline/sink.js'
import type { Stage } from '../../pipeline/stage.js'
import { systemClock, type Clock, type Microseconds } from '../../pipeline/time.js'
import { Turn } from '../../pipeline/turn.js'
import type { Catalogue } from '../../stages/catalogue.js'
import { DEFAULT_CONVERSATIONS } from './seats.js'

/** How many conversations a machine carries. */
export interface Capacity {
  /** At once, with {@link HEADROOM} to spare; at least 1. */
  readonly conversations: number
  /** What was measured, for the log. */
  readonly why: string
}

export interface CapacityOptions {
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** Share of the machine that is left alone: for the network, for recordings, for a clause that is harder to say. */
const HEADROOM = 0.3

const TEXT = 'One, two, three.'
/** Turns that speak at once: one alone leaves cores idle between its clauses. */
const TURNS = 2
/** No further round begins after this. */
const ENOUGH: Microseconds = 1_000_000
/** Frames that say nothing yet: those of the first moment, in which all threads begin. */
const FEWEST_FRAMES = 4
/** A machine so slow that a round takes longer is judged by what it had drawn until then. */
const LONGEST_MS = 3000

/**
 * Measures how many conversations this machine carries: lets the whole line speak as fast as it can, to nobody, for
 * about a second, and compares the media made with the time it took. The engines must be warm. A conversation counts
 * as one that always speaks, since an idle face is drawn, too.
 * @throws what the engines throw, and what the signal aborts with
 */
export async function measureCapacity(
  catalogue: Catalogue,
  options: CapacityOptions = {},
): Promise<Capacity> {
  const { signal, clock = systemClock } = options
  if (Object.values(catalogue.engines).some((name) => name.startsWith('remote '))) {
    return {
      conversations: DEFAULT_CONVERSATIONS,
      why: 'other servers do part of the work: nothing was measured',
    }
  }
  const [speech, video] = await Promise.all([catalogue.speech(), catalogue.video()])
  const line = speakingLine({
    ...(await frameStages(video, () => catalogue.expression())),
    segment: catalogue.segment(),
    speech: speech.stage,
  })
  const begin = clock.now()
  let speed = 0
  // The fastest round counts: whatever else a machine does while it starts only ever slows one.
  do speed = Math.max(speed, await speedOf(line, clock, signal))
  while (clock.now() - begin < ENOUGH)
  const conversations = Math.max(1, Math.floor(speed * (1 - HEADROOM)))
  const { fps, width, height } = video
  return {
    conversations,
    why: `${speed.toFixed(1)} × real time at ${width}×${height}, ${fps} frames a second, ${100 * HEADROOM} % to spare`,
  }
}

/** Seconds of pictures that some turns at once make in a second, from their first picture on. */
async function speedOf(
  line: Stage<TextPacket, FaceOutput>,
  clock: Clock,
  outer: AbortSignal | undefined,
): Promise<number> {
  const deadline = new AbortController()
  const timer = setTimeout(() => {
    deadline.abort(new CancelledError('The measurement has taken long enough.'))
  }, LONGEST_MS)
  const signal = outer === undefined ? deadline.signal : AbortSignal.any([outer, deadline.signal])
  let frames = 0
  let media: Microseconds = 0
  let [first, last]: [Microseconds, Microseconds] = [0, 0]
  const count: Sink = {
    name: 'capacity',
    kinds: ['frame'],
    write: ({ duration }: Packet) => {
      last = clock.now()
      if (frames === 0) first = last
      else media += duration
      frames += 1
    },
  }
  const turns = Array.from({ length: TURNS }, async (_, index) => {
    const turn = new Turn({ id: `capacity-${index}`, clock, signal })
    const text = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: TEXT } as const
    await runTurn(of(text).pipe(line.open(turn)), [count], turn)
  })
  try {
    const results = await Promise.allSettled(turns)
    outer?.throwIfAborted()
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined && !deadline.signal.aborted) throw failed.reason
  } finally {
    clearTimeout(timer)
  }
  return frames < FEWEST_FRAMES ? 0 : media / Math.max(1, last - first)
}
