import type { SeparationEngine } from './model.js'
import { SEPARATION_SAMPLE_RATE } from './voice-filter.js'

/** Takes a voice out of its background. */
export interface VoiceSeparation {
  /** Hz of what goes in and of what comes out. */
  readonly sampleRate: number
  /**
   * The voice in a sound, as long as the sound; about 6 s of it are held at a time.
   *
   * @param chunks mono in [-1, 1]; pulled as the voice is pulled. They are moved to a worker: hand over fresh arrays.
   * @throws what `chunks` throws; CancelledError when the signal aborts
   */
  separate(chunks: AsyncIterable<Float32Array>, signal: AbortSignal): AsyncIterable<Float32Array>
}

/** @param engine what `separationModel` makes; sessions share its worker step by step */
export function voiceSeparation(engine: SeparationEngine): VoiceSeparation {
  return {
    sampleRate: SEPARATION_SAMPLE_RATE,
    async *separate(chunks, signal) {
      const session = await engine.open(undefined, { signal })
      try {
        for await (const chunk of chunks) yield* session.process(chunk, [chunk.buffer])
        yield* session.flush()
      } finally {
        await session.close()
      }
    },
  }
}
