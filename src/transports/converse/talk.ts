/**
 * A conversation's turns: how they begin, what is told of them and how they end stand together, in a little over 300
 * lines, because all of it hangs on which turn is the last.
 */
import { defer, from, ignoreElements, of, tap, type Observable } from 'rxjs'
import type { ServerEvent, StreamName, TurnSource, TurnStats } from '../../client/protocol.js'
import { PhizError } from '../../errors.js'
import { Conversation, type TurnEvent } from '../../pipeline/conversation.js'
import type { FaceOutput } from '../../pipeline/line.js'
import { meterTurns } from '../../pipeline/meter.js'
import type { Packet, PacketKind, TextPacket, VoiceStyle } from '../../pipeline/packet.js'
import { deliver } from '../../pipeline/sink.js'
import type { Stage } from '../../pipeline/stage.js'
import { combineTelemetry, type Telemetry } from '../../pipeline/telemetry.js'
import { microsecondsToMilliseconds, type Microseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import type { Life } from '../../stages/life.js'
import { replySource } from '../../stages/reply/feed.js'
import { History, type HistoryOptions } from '../../stages/reply/history.js'
import type { Reply } from '../../stages/reply/reply.js'
import { recordingSource } from '../../stages/speech/recording.js'
import type { TapServices } from '../taps/tap.js'
import type { Link } from './link.js'
import type { Playback } from './playback.js'
import { madeStreams, soundLine, wordsLine, type LineChoice, type LiveLine } from './stages.js'
import type { Upload } from './upload.js'
import { Utterance } from './utterance.js'
import type { Watchers } from './watcher.js'
import { WireSink } from './wire-sink.js'

export interface TalkOptions {
  /** Names the conversation in telemetry. */
  readonly id: string
  readonly link: Link
  readonly services: TapServices
  /** What the one who answers is told, and how much is kept for it. */
  readonly history: HistoryOptions
  /** Told what the client is sent, and how far it plays it. */
  readonly playback: Playback
  readonly watchers: Watchers
  /** All of the last turn has been sent. */
  readonly onSentAll: () => void
  /** The settings as they are now. */
  readonly choice: () => LineChoice
  /** How the next clause is said. */
  readonly voice: () => VoiceStyle
  /** What the turns are a part of. */
  readonly life: Life
  /** Told why a look that was asked for within a turn cannot be drawn. */
  readonly onLookFailure: (error: unknown) => void
}

/** Turns of one conversation that may be at work: one that lives, and others whose last step has to end. */
const MOST_WORKING = 4

/** What a turn is made of, once its line has been put together. */
type Production = (turn: Turn, utterance: Utterance, choice: LineChoice) => Promise<Observable<FaceOutput>>

/** One conversation on its way to one client: its turns, what is told of them, and what was heard of them. */
export class Talk implements AsyncDisposable {
  readonly #options: TalkOptions
  readonly #telemetry: Telemetry
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
  /** What the last turn was made for. */
  #running: readonly StreamName[] | undefined

  constructor(options: TalkOptions) {
    this.#options = options
    this.#history = new History(options.history)
    this.#telemetry = combineTelemetry(
      options.services.telemetry,
      meterTurns(({ turn: _turn, outcome: _outcome, ...stats }) => {
        this.#stats = stats
      }),
    )
    this.#conversation = new Conversation<Packet>({
      name: options.id,
      // Each turn has a line of its own, and delivers what it makes itself: a turn ends when all of it was taken.
      line: { name: 'converse', lookahead: 0, open: () => (source) => source },
      telemetry: this.#telemetry,
    })
    this.#conversation.output$.subscribe((item) => {
      if ('type' in item) this.#tell(item)
    })
  }

  /** Number of the turn that is live; undefined while there is none. */
  get turn(): number | undefined {
    return this.#conversation.live === undefined ? undefined : this.#count
  }

  /** Streams that the live turn makes, or can; undefined while there is none. */
  get running(): readonly StreamName[] | undefined {
    return this.#conversation.live === undefined ? undefined : this.#running
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
      return this.#spoken(turn, choice, replySource(turn, pieces), true)
    })
  }

  /** Moves the face to speech that the client sends. */
  async lipSync(upload: Upload): Promise<void> {
    await this.#start('speech', undefined, async (turn, _utterance, choice) => {
      const line = await soundLine(this.#options.services.catalogue, choice, { live: this.#live })
      const sound$ = recordingSource(turn, (signal) => upload.pieces(signal), upload.sampleRate)
      return opened(line, turn, sound$)
    })
  }

  /** Silence: the live turn ends, and what of the last one was not heard yet is forgotten. */
  interrupt(): void {
    this.#conversation.interrupt()
    this.#options.playback.silenced()
    this.#remember()
  }

  /** The client has played a turn up to `timestamp`. */
  played(turn: number, timestamp: number): void {
    this.#isPaced = true
    if (turn !== this.#last?.number) return
    this.#last.played(timestamp)
    this.#options.playback.played(turn)
    this.#options.watchers.played(turn, timestamp)
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
        this.#running = this.#made(choice)
        utterance = new Utterance(this.#count, source, turn, this.#isPaced)
        this.#last = utterance
        this.#options.playback.begin(utterance)
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
      throw error
    } finally {
      this.#working -= 1
    }
  }

  async #spoken(
    turn: Turn,
    choice: LineChoice,
    words$: Observable<TextPacket>,
    isAnswer = false,
  ): Promise<Observable<FaceOutput>> {
    const { services, voice } = this.#options
    const line = await wordsLine(services.catalogue, choice, voice, { live: this.#live, isAnswer })
    return opened(line, turn, words$)
  }

  get #live(): LiveLine {
    const { choice, life, onLookFailure, watchers } = this.#options
    const wantsFrames = (timestamp: Microseconds): boolean =>
      (this.#wants('frames') || watchers.want('frame')) && !this.#isDropped(timestamp)
    return { choice, life, onFailure: onLookFailure, wantsFrames }
  }

  #wants(stream: StreamName): boolean {
    return this.#options.choice().settings.streams.includes(stream)
  }

  /** Where drawing falls behind what is heard, pictures are left out, so that those that are drawn are in step. */
  #isDropped(timestamp: Microseconds): boolean {
    const last = this.#last
    if (last?.isOverdue(timestamp) !== true) return false
    const { id, turn } = last
    this.#telemetry({
      type: 'packet-drop',
      turn: id,
      at: turn.clock.now(),
      stage: 'video',
      kind: 'frame',
      timestamp,
    })
    return true
  }

  #made({ settings }: LineChoice): readonly StreamName[] {
    return madeStreams(settings, this.#options.services.catalogue.live)
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
      await this.#send({ type: 'text-delta', turn: number, text })
      yield text
    }
  }

  #captioned(
    turn: Turn,
    { number, captions }: Utterance,
  ): (source: Observable<FaceOutput>) => Observable<FaceOutput> {
    return tap((packet) => {
      if (packet.kind !== 'mark' || turn.signal.aborted) return
      void this.#send({ type: 'caption', turn: number, ...captions.take(packet) })
    })
  }

  #sink(turn: Turn, utterance: Utterance, choice: LineChoice): WireSink {
    const { link, playback, watchers } = this.#options
    const { number } = utterance
    const told = new Set<PacketKind>()
    return new WireSink({
      link,
      turn,
      number,
      streams: this.#made(choice),
      wants: (stream) => this.#wants(stream),
      onUnwanted: (packet) => {
        watchers.packet(number, packet)
      },
      onSent: (packet) => {
        utterance.sent(packet)
        playback.sent(number, packet)
        watchers.packet(number, packet)
        if (told.has(packet.kind) || turn.signal.aborted) return
        told.add(packet.kind)
        const since = microsecondsToMilliseconds(turn.clock.now() - turn.startedAt)
        void this.#send({ type: 'stats', turn: number, [`first_${packet.kind}_ms`]: since })
      },
    })
  }

  #tell(event: TurnEvent): void {
    const utterance = this.#last
    if (utterance === undefined) return
    const { number: turn, source } = utterance
    switch (event.type) {
      case 'turn-start':
        void this.#send({ type: 'turn-start', turn, source })
        return
      case 'turn-cancel':
        void this.#send({ type: 'turn-cancel', turn, heard: utterance.heard(), stats: this.#stats })
        return
      case 'turn-end':
        void this.#send({
          type: 'turn-end',
          turn,
          ...(event.error && { error: event.error }),
          stats: this.#stats,
        })
        this.#options.onSentAll()
        return
    }
  }

  #send(event: ServerEvent): Promise<void> {
    this.#options.watchers.event(event)
    return this.#options.link.sendEvent(event)
  }

  /** Keeps of the last turn what was heard of it. */
  #remember(): void {
    const last = this.#last
    this.#last = undefined
    if (last !== undefined) this.#history.heard(last.id, last.heard())
  }
}

function opened<I>(line: Stage<I, FaceOutput>, turn: Turn, source$: Observable<I>): Observable<FaceOutput> {
  turn.window.makeRoom(line.lookahead)
  return source$.pipe(line.open(turn))
}
