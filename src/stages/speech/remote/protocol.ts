/** What a client says to an IndexTTS WebSocket server, and hears from it. Pure. */
import { z } from 'zod'

/** Hz of the server's sound, as its document promises it. */
export const REMOTE_SAMPLE_RATE = 22_050

export interface ClauseRequest {
  readonly text: string
  /** Recording of the speaker, by its path on the server. */
  readonly promptAudio?: string | undefined
  /** Eight strengths 0–1 in IndexTTS-2's order. */
  readonly emotion?: readonly number[] | undefined
}

/**
 * A request for speech. `stream` asks phiz for the sound in pieces; the original does not know the field and sends one.
 */
export function requestMessage({ text, promptAudio, emotion }: ClauseRequest): string {
  const feels = emotion?.some((strength) => strength > 0) === true
  return JSON.stringify({
    type: 'tts_stream',
    text,
    ...(promptAudio === undefined ? {} : { prompt_audio: promptAudio }),
    ...(feels ? { emo_mode: 'vector', emo_vector: emotion } : { emo_mode: 'none' }),
    stream: true,
  })
}

/** What a server's text message means for the tasks of its client. */
export type ServerMessage =
  | { readonly kind: 'queued' | 'start' | 'end'; readonly task: string }
  | { readonly kind: 'error'; readonly task: string | undefined; readonly told: string }
  /** The welcome, and whatever later servers add. */
  | { readonly kind: 'other' }

const id = z.string().min(1).max(200)

const messageSchema = z.union([
  z
    .object({ type: z.enum(['queued', 'start', 'end']), task_id: id })
    .transform(({ type, task_id }) => ({ kind: type, task: task_id })),
  z
    .object({ status: z.literal('error'), task_id: id.nullish(), message: z.string().catch('') })
    .transform(({ task_id, message }) => ({
      kind: 'error' as const,
      task: task_id ?? undefined,
      told: message,
    })),
  z
    .looseObject({ type: z.enum(['queued', 'start', 'end']).optional().catch(undefined) })
    .refine(({ type }) => type === undefined)
    .transform(() => ({ kind: 'other' as const })),
])

/** Reads a text message; undefined when it is none of this protocol. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
