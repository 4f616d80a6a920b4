import type { ErrorAnswer } from './problems.js'
import type { Usage } from './protocol.js'

/** Server-sent events as OpenAI's speech endpoint has them: the kind is in the data, not in a line of its own. */

/** A piece of the sound, in the format that was asked for. */
export function deltaEvent(audio: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = audio
  return event({
    type: 'speech.audio.delta',
    audio: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  })
}

/** The end of the sound. */
export function doneEvent(usage: Usage): Uint8Array {
  return event({ type: 'speech.audio.done', usage })
}

/** What went wrong after the answer had begun; OpenAI's clients raise it. */
export function errorEvent(answer: ErrorAnswer): Uint8Array {
  return event(answer)
}

function event(data: object): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`)
}
