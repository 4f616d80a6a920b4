import type { RemoteServer } from '../../../net/server.js'
import { chain } from '../../../pipeline/compose.js'
import type { AudioPacket, MarkPacket, TextPacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import type { EngineSession } from '../../../runtime/engine.js'
import { cleanText, isSpeakable } from '../../text/clean.js'
import { prosodyOf } from '../prosody.js'
import type { ClauseInput, SpeechPiece } from '../spoken.js'
import { voiceStage } from '../voice-stage.js'
import { clauseSound } from './clause-sound.js'
import type { Connections } from './connections.js'
import { Conversation } from './conversation.js'
import { REMOTE_SAMPLE_RATE } from './protocol.js'

export { Connections } from './connections.js'
export { REMOTE_SAMPLE_RATE } from './protocol.js'

export interface RemoteSpeechOptions {
  readonly server: RemoteServer
  readonly connections: Connections
  /** Recording of the speaker, by its path on the server. The original needs one. */
  readonly promptAudio?: string | undefined
}

/**
 * Clauses to speech by an IndexTTS WebSocket server, at 22 050 Hz: see {@link voiceStage}.
 *
 * - Each clause is a request; the next is asked for while one is heard.
 * - Of a voice style the emotion goes to the server. The protocol has no words for rate and pitch.
 * - A turn that is cancelled closes its connection, which stops the server's work for it.
 * - The stream fails with an UnavailableError naming the server when it is away, falls silent, or fails.
 */
export function remoteSpeech({
  server,
  connections,
  promptAudio,
}: RemoteSpeechOptions): Stage<TextPacket, AudioPacket | MarkPacket> {
  return {
    name: 'speech',
    lookahead: 0,
    open: (turn) => {
      const conversation = new Conversation(server, connections)
      const engine = {
        open: (_init: undefined, { signal }: { signal: AbortSignal }) =>
          Promise.resolve(sessionOf(conversation, server, signal)),
      }
      return chain(
        asking(conversation, promptAudio),
        voiceStage({ engine, init: undefined, sampleRate: REMOTE_SAMPLE_RATE }),
      ).open(turn)
    },
  }
}

/** Passes each clause on when its sound has been asked for. */
function asking(conversation: Conversation, promptAudio: string | undefined): Stage<TextPacket, TextPacket> {
  return defineStage<TextPacket, TextPacket, undefined>({
    name: 'speech/ask',
    state: () => undefined,
    async *process(clause, _state, { signal }) {
      const { text, voice } = clause
      // A style that cannot work is refused here, in the words of the other voices.
      prosodyOf(voice)
      const isHeard = isSpeakable(cleanText(text))
      await conversation.ask(isHeard ? { text, promptAudio, emotion: voice?.emotion } : undefined, signal)
      yield clause
    },
  })
}

function sessionOf(
  conversation: Conversation,
  server: RemoteServer,
  signal: AbortSignal,
): EngineSession<ClauseInput, SpeechPiece> {
  return {
    process: ({ text }) => clauseSound(conversation.take(signal), text, server, signal),
    // eslint-disable-next-line require-yield -- clauses are whole: nothing is kept back
    async *flush() {
      await Promise.resolve()
    },
    close: () => conversation.close(),
  }
}
