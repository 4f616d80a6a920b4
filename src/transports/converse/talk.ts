import { defer, from, ignoreElements, of, tap, type Observable } from 'rxjs'
import type { TurnSource, TurnStats } from '../../client/protocol.js'
import { PhizError } from '../../errors.js'
import { checkWindow } from '../../pipeline/compose.js'
import { Conversation, type TurnEvent } from '../../pipeline/conversation.js'
import type { FaceOutput } from '../../pipeline/line.js'
import { meterTurns } from '../../pipeline/meter.js'
import type { Packet, PacketKind, TextPacket, VoiceStyle } from '../../pipeline/packet.js'
import { deliver } from '../../pipeline/sink.js'
import type { Stage } from '../../pipeline/stage.js'
import { combineTelemetry } from '../../pipeline/telemetry.js'
import { microsecondsToMilliseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import { replySource } from '../../stages/reply/feed.js'
import { History, type HistoryOptions } from '../../stages/reply/history.js'
import type { Reply } from '../../stages/reply/reply.js'
import { recordingSource } from '../../stages/speech/recording.js'
import type { Socket } from '../socket.js'
import type { TapServices } from '../taps/tap.js'
import type { Outbox } from './outbox.js'
import { madeStreams, soundLine, wordsLine, type LineChoice } from './stages.js'
import type { Upload } from './upload.js'
import { Utterance } from './utterance.js'
import { WireSink } from './wire-sink.js'

export interface TalkOptions {
  /** Names the conversation in telemetry. */
  readonly id: string
  readonly socket: Socket
  readonly outbox: Outbox
  readonly services: TapServices
  /** What the one who answers is told, and how much is kept for it. */
  readonly history: HistoryOptions
  /** The settings as they are now. */
  readonly choice: () => LineChoice
  /** How the next clause is said. */
  readonly voice: () => VoiceStyle
}

/** Turns of one conversation that may be at work: one that lives, and others whose last step has to end. */
const MOST_WORKING = 4

/** What a turn is made of, once its line has been put together. */
type Production = (turn: Turn, utterance: Utterance, choice: LineChoice) => Promise<Observable<FaceOutput>>

/** One conversation on its way to one client: its turns, what is told of them, and what was heard of them. */
export class Talk implements AsyncDisposable {
  readonly #options: TalkOptions
  readonly #conversation: Conversation<Packet>
  readonly #history: History
  #count = 0
  /** Turns whose work has not ended: the live one, and cancelled ones before it. */
  #working = 0
  /** The last turn, which may be over and still be played. */
  #last: Utterance | undefined
  /** Whether the client tells what it plays. */
  #isPaced = false
  #stats: TurnStats | null = null
  /** What the live turn makes. */
  #choice: LineChoice | undefined

  constructor(options: TalkOptions) {
    this.#options = options
    this.#history = new History(options.history)
    this.#conversation = new Conversation<Packet>({
      name: options.id,
      // Each turn has a line of its own, and delivers what it makes itself: a turn ends when all of it was taken.
      line: { name: 'converse', lookahead: 0, open: () => (source) => source },
      telemetry: combineTelemetry(
        options.services.telemetry,
        meterTurns(({ turn: _turn, outcome: _outcome, ...stats }) => {
          this.#stats = stats
        }),
      ),
    })
    this.#conversation.output$.subscribe((item) => {
      if ('type' in item) this.#tell(item)
    })
  }

  /** Settings that the live turn was begun with; undefined while there is none. */
  get live(): LineChoice | undefined {
    return this.#conversation.live === undefined ? undefined : this.#choice
  }

  /** Number of the last turn; 0 before the first. */
  get count(): number {
    return this.#count
  }

  /** Speaks these words. */
  async say(text: string): Promise<void> {
    await this.#start('say', undefined, (turn, _utterance, choice) => {
      this.#history.said(turn.id, text)
      return this.#spoken(turn, choice, of({ kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text }))
    })
  }

  /** Speaks what `reply` answers, while it is being written. */
  async ask(text: string, reply: Reply): Promise<void> {
    await this.#start('ask', text, (turn, { number }, choice) => {
      const pieces = (signal: AbortSignal): AsyncIterable<string> => this.#answer(turn, number, reply, signal)
      return this.#spoken(turn, choice, replySource(turn, pieces))
    })
  }

  /** Moves the face to speech that the client sends. */
  async lipSync(upload: Upload): Promise<void> {
    await this.#start('speech', undefined, async (turn, _utterance, choice) => {
      const line = await soundLine(this.#options.services.catalogue, choice)
      const sound$ = recordingSource(turn, (signal) => upload.pieces(signal), upload.sampleRate)
      return opened(line, turn, sound$)
    })
  }

  /** Silence: the live turn ends, and what of the last one was not heard yet is forgotten. */
  interrupt(): void {
    this.#conversation.interrupt()
    this.#remember()
  }

  /** The client has played a turn up to `timestamp`. */
  played(turn: number, timestamp: number): void {
    this.#isPaced = true
    if (turn === this.#last?.number) this.#last.played(timestamp)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation[Symbol.asyncDispose]()
  }

  /** Starts a turn at once, except where a client asks faster than cancelled work can end: then it waits, in silence. */
  async #start(source: TurnSource, question: string | undefined, produce: Production): Promise<void> {
    if (this.#working >= MOST_WORKING) {
      this.interrupt()
      await this.#conversation.settled()
    }
    let utterance: Utterance
    const choice = this.#options.choice()
    this.#conversation.start(
      (turn) =>
        defer(() => from(turn.track(this.#run(turn, utterance, choice, produce)))).pipe(ignoreElements()),
      (turn) => {
        this.#remember()
        this.#history.begin(turn.id, question)
        this.#count += 1
        this.#stats = null
        this.#choice = choice
        utterance = new Utterance(this.#count, source, turn, this.#isPaced)
        this.#last = utterance
      },
    )
  }

  async #run(turn: Turn, utterance: Utterance, choice: LineChoice, produce: Production): Promise<void> {
    this.#working += 1
    try {
      const packets$ = await produce(turn, utterance, choice)
      turn.signal.throwIfAborted()
      await deliver(
        packets$.pipe(this.#captioned(turn, utterance)),
        [this.#sink(turn, utterance, choice)],
        turn,
      )
    } catch (error) {
      if (!PhizError.isInstance(error)) this.#options.services.onUnexpectedError(error)
      // The client has left before its session has noticed: nothing has failed.
      else if (error.code === 'cancelled' && this.#conversation.live === turn) this.#conversation.interrupt()
      throw error
    } finally {
      this.#working -= 1
    }
  }

  async #spoken(
    turn: Turn,
    choice: LineChoice,
    words$: Observable<TextPacket>,
  ): Promise<Observable<FaceOutput>> {
    const { services, voice } = this.#options
    return opened(await wordsLine(services.catalogue, choice, voice), turn, words$)
  }

  /** The pieces of an answer; each is told before it is spoken, at the pace at which the client takes them. */
  async *#answer(
    turn: Turn,
    number: number,
    reply: Reply,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    for await (const text of reply.answer(this.#history.messages(), signal)) {
      signal.throwIfAborted()
      this.#history.said(turn.id, text)
      await this.#options.outbox.send({ type: 'text-delta', turn: number, text })
      yield text
    }
  }

  #captioned(
    turn: Turn,
    { number, captions }: Utterance,
  ): (source: Observable<FaceOutput>) => Observable<FaceOutput> {
    return tap((packet) => {
      if (packet.kind !== 'mark' || turn.signal.aborted) return
      void this.#options.outbox.send({ type: 'caption', turn: number, ...captions.take(packet) })
    })
  }

  #sink(turn: Turn, utterance: Utterance, choice: LineChoice): WireSink {
    const { socket, outbox } = this.#options
    const { number } = utterance
    const told = new Set<PacketKind>()
    return new WireSink({
      socket,
      turn,
      number,
      streams: madeStreams(choice.settings),
      wants: (stream) => this.#options.choice().settings.streams.includes(stream),
      onSent: (packet) => {
        utterance.sent(packet)
        if (told.has(packet.kind) || turn.signal.aborted) return
        told.add(packet.kind)
        const since = microsecondsToMilliseconds(turn.clock.now() - turn.startedAt)
        void outbox.send({ type: 'stats', turn: number, [`first_${packet.kind}_ms`]: since })
      },
    })
  }

  #tell(event: TurnEvent): void {
    const utterance = this.#last
    if (utterance === undefined) return
    const { outbox } = this.#options
    const { number: turn, source } = utterance
    switch (event.type) {
      case 'turn-start':
        void outbox.send({ type: 'turn-start', turn, source })
        return
      case 'turn-cancel':
        void outbox.send({ type: 'turn-cancel', turn, heard: utterance.heard(), stats: this.#stats })
        return
      case 'turn-end':
        void outbox.send({
          type: 'turn-end',
          turn,
          ...(event.error && { error: event.error }),
          stats: this.#stats,
        })
        return
    }
  }

  /** Keeps of the last turn what was heard of it. */
  #remember(): void {
    const last = this.#last
    this.#last = undefined
    if (last !== undefined) this.#history.heard(last.id, last.heard())
  }
}

function opened<I>(line: Stage<I, FaceOutput>, turn: Turn, source$: Observable<I>): Observable<FaceOutput> {
  checkWindow(line, turn.window.span)
  return source$.pipe(line.open(turn))
}
