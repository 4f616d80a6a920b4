import type { Reply } from '../reply.js'
import { personaAnswer } from './answer.js'

export interface PersonaReplyOptions {
  /** Which of several answers comes first. Default 0. */
  readonly seed?: number
  /** Default: the system's clock. */
  readonly now?: () => Date
  /** IANA name, for the time and the date. Default: that of this machine. */
  readonly timeZone?: string
}

/** A word with the space before it, or two characters of a script that is written without any. */
const PIECE = /\s*(?:\p{Script=Han}{1,2}[，。！？、；：]?|[^\s\p{Script=Han}]+)/gu

/**
 * Answers from a small script, so that a conversation works with nothing configured. It says that it is one. Its
 * answers come word by word, as those of a model do.
 */
export function personaReply({ now = () => new Date(), ...options }: PersonaReplyOptions = {}): Reply {
  return {
    name: 'persona',
    // eslint-disable-next-line @typescript-eslint/require-await -- a Reply may wait; this one need not
    async *answer(messages, signal) {
      signal.throwIfAborted()
      for (const [piece] of personaAnswer(messages, { ...options, now: now() }).matchAll(PIECE)) {
        yield piece
        signal.throwIfAborted()
      }
    },
  }
}
