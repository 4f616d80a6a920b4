import { setTimeout as sleep } from 'node:timers/promises'
import type { AudioPacket, FramePacket, GapPacket, Packet } from '../../src/pipeline/packet.js'
import { runTurn } from '../../src/pipeline/run.js'
import type { Sink } from '../../src/pipeline/sink.js'
import type { Stage } from '../../src/pipeline/stage.js'
import { Turn } from '../../src/pipeline/turn.js'
import { recordingSource } from '../../src/stages/speech/recording.js'
import { CLIP_RATE } from './speech-clip.js'

/** A stage that hears sound and shows frames. */
export type TalkingFace = Stage<AudioPacket, FramePacket | GapPacket>

/** A picture is shown so long after the first one came, and what comes after its moment is late. */
const LEAD_MS = 100

/** What a turn was like for the one who watches. */
export interface Watched {
  /** From the turn's begin to its first frame, in milliseconds. */
  readonly firstMs: number
  readonly frames: number
  /** Frames that came after the moment at which they should have been shown. */
  readonly late: number
}

/** A turn whose frames are shown by the clock: sound comes as fast as the flow window lets it, frames leave when played. */
export async function watch(face: TalkingFace, sound: Float32Array): Promise<Watched> {
  const begun = performance.now()
  let zero: number | undefined
  let firstMs = Number.NaN
  let frames = 0
  let late = 0
  await speak(face, sound, async (packet) => {
    const now = performance.now()
    if (zero === undefined) {
      firstMs = now - begun
      zero = now + LEAD_MS
    }
    const due = zero + packet.timestamp / 1000
    frames += 1
    if (now > due) late += 1
    else await sleep(due - now)
  })
  return { firstMs, frames, late }
}

/** Milliseconds to the first frame of a turn that is there when a condition holds; the turn ends with it. */
export async function firstFrame(
  face: TalkingFace,
  sound: Float32Array,
  holds: () => boolean,
): Promise<number> {
  const begun = performance.now()
  const found = new Error('The frame has been found.')
  let ms = Number.NaN
  const write = (): void => {
    if (!holds()) return
    ms = performance.now() - begun
    throw found
  }
  await speak(face, sound, write).catch((error: unknown) => {
    if (error !== found) throw error
  })
  return ms
}

async function speak(
  face: TalkingFace,
  sound: Float32Array,
  write: (packet: Packet) => Promise<void> | void,
): Promise<void> {
  const turn = new Turn({ id: 'bench' })
  turn.window.makeRoom(face.lookahead)
  const source = recordingSource(
    turn,
    async function* () {
      yield sound
    },
    CLIP_RATE,
  )
  const screen: Sink = { name: 'screen', kinds: ['frame'], write }
  await runTurn(source.pipe(face.open(turn)), [screen], turn)
}
