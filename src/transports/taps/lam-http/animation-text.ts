import { BLENDSHAPE_COUNT, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'

/** Frames of motion with what an answer says about them. */
export interface Animation {
  /** 52 weights in [0, 1] a frame. */
  readonly frames: readonly Float32Array[]
  readonly fps: number
  /** Wall time that making them took. */
  readonly seconds: number
  /** Where the frames belong to a session: its id and the number of the chunk, from 1. */
  readonly chunk?: { readonly sessionId: string; readonly index: number }
}

/** Frames written at once: some 50 KB of text, so that a long answer holds neither memory nor the thread. */
const FRAMES_A_PIECE = 100

/**
 * The JSON of an animation in pieces, in the document's order of fields. Times count from 0 in every answer, head
 * rotation stays empty as the document has it, and weights keep five decimals, finer than any rig shows.
 */
export function* animationText({ frames, fps, seconds, chunk }: Animation): Generator<string, void> {
  const session = chunk && `"session_id":${JSON.stringify(chunk.sessionId)},"chunk_index":${chunk.index},`
  yield (
    `{"names":${JSON.stringify(BLENDSHAPE_NAMES)},"metadata":{"fps":${fps.toFixed(1)},` +
    `"frame_count":${frames.length},"blendshape_count":${BLENDSHAPE_COUNT},${session ?? ''}` +
    `"inference_time":${seconds}},"frames":[`
  )
  for (let at = 0; at < frames.length; at += FRAMES_A_PIECE) {
    const piece = frames.slice(at, at + FRAMES_A_PIECE)
    const text = piece.map((weights, i) => frameText(weights, (at + i) / fps)).join(',')
    yield at === 0 ? text : `,${text}`
  }
  yield ']}'
}

/** The same as a body that is written as fast as it is read. */
export function animationBody(animation: Animation): ReadableStream<Uint8Array> {
  const pieces = animationText(animation)
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull: (controller) => {
      const piece = pieces.next()
      if (piece.done === true) controller.close()
      else controller.enqueue(encoder.encode(piece.value))
    },
  })
}

function frameText(weights: Float32Array, time: number): string {
  const values = Array.from(weights, (weight) => Math.round(weight * 1e5) / 1e5)
  return `{"weights":[${values.join(',')}],"time":${time},"rotation":[]}`
}
