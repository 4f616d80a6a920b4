import { of, tap, type Observable } from 'rxjs'
import type { TurnStats } from '../../client/protocol.js'
import { CancelledError } from '../../errors.js'
import { BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import { meterTurns } from '../../pipeline/meter.js'
import type { TextPacket } from '../../pipeline/packet.js'
import { runTurn } from '../../pipeline/run.js'
import { combineTelemetry } from '../../pipeline/telemetry.js'
import { Turn } from '../../pipeline/turn.js'
import { MOTION_FPS, type Catalogue } from '../../stages/catalogue.js'
import { replySource } from '../../stages/reply/feed.js'
import type { Message, Reply } from '../../stages/reply/reply.js'
import { Captions } from '../converse/captions.js'
import { voiceOf } from '../converse/settings.js'
import { lookOf, wordsLine, type LineChoice } from '../converse/stages.js'
import { errorBody } from '../errors.js'
import type { TapServices } from '../taps/tap.js'
import type { Answer } from './answer.js'
import { TURN, type AnswerStart } from './parts.js'

/** What is said: these words, or what `reply` answers to the last message. */
export type Words =
  | { readonly source: 'say'; readonly text: string }
  | { readonly source: 'ask'; readonly reply: Reply; readonly messages: readonly Message[] }

export interface SpeakOptions {
  /** Names the turn in telemetry. */
  readonly id: string
  readonly words: Words
  readonly choice: LineChoice
  readonly signal: AbortSignal
  /** Takes the turn; it is ended as far as its form can be, and freed. */
  readonly answer: Answer
}

/**
 * Runs one turn on the line of a conversation, into one answer. Resolves when all of its work has ended.
 * @throws PhizError saying what cannot work; CancelledError when the signal aborts or the reader has left
 */
export async function speak(
  { catalogue, telemetry }: Pick<TapServices, 'catalogue' | 'telemetry'>,
  { id, words, choice, signal, answer }: SpeakOptions,
): Promise<void> {
  const measured: { stats: TurnStats | null } = { stats: null }
  const meter = meterTurns(({ turn: _turn, outcome: _outcome, ...stats }) => {
    measured.stats = stats
  })
  const turn = new Turn({ id, telemetry: combineTelemetry(telemetry, meter), signal })
  try {
    const { settings } = choice
    const [start, line] = await Promise.all([
      describe(catalogue, words.source, choice),
      wordsLine(catalogue, choice, () => voiceOf(settings), { isAnswer: words.source === 'ask' }),
    ])
    turn.signal.throwIfAborted()
    turn.window.makeRoom(line.lookahead)
    const sink = await answer.open(start, turn.signal)
    const captions = new Captions()
    const packets$ = wordsOf(words, turn, answer).pipe(
      line.open(turn),
      tap((packet) => {
        if (packet.kind !== 'mark' || turn.signal.aborted) return
        // Its place is before the sound that follows; a client that has left is noticed by the media.
        answer.tell({ type: 'caption', turn: TURN, ...captions.take(packet) }).catch(ignore)
      }),
    )
    await runTurn(packets$, [sink], turn)
    await answer.finish(measured.stats)
  } catch (error) {
    if (!(error instanceof CancelledError)) await answer.fail(errorBody(error), measured.stats).catch(ignore)
    throw error
  } finally {
    await turn.ended()
    answer.close()
  }
}

async function describe(
  catalogue: Catalogue,
  source: Words['source'],
  choice: LineChoice,
): Promise<AnswerStart> {
  const { avatar, ...look } = lookOf(choice)
  const [speech, { width, height }] = await Promise.all([catalogue.speech(), catalogue.video(avatar, look)])
  return {
    type: 'turn-start',
    turn: TURN,
    source,
    engines: catalogue.engines,
    audio: { sampleRate: speech.sampleRate },
    motion: { fps: MOTION_FPS, names: BLENDSHAPE_NAMES },
    video: { fps: look.fps, width, height },
    settings: choice.settings,
  }
}

function wordsOf(words: Words, turn: Turn, answer: Answer): Observable<TextPacket> {
  if (words.source === 'say') {
    return of({ kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: words.text })
  }
  const { reply, messages } = words
  return replySource(turn, async function* (signal) {
    for await (const text of reply.answer(messages, signal)) {
      signal.throwIfAborted()
      await answer.tell({ type: 'text-delta', turn: TURN, text })
      yield text
    }
  })
}

function ignore(): void {
  // The turn ends with what has failed.
}
