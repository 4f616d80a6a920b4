import type { TurnSource } from '../../client/protocol.js'
import { endOf, type Packet, type TurnId } from '../../pipeline/packet.js'
import type { Microseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import type { FlowBranch, FlowWindow } from '../../pipeline/window.js'
import { Captions } from './captions.js'

/** How long a client is taken to play on from what it told, in µs: two of its ten times a second. */
const LONGEST_GUESS = 200_000
/** From before a picture is drawn until it is on the screen, in µs. */
const ON_THE_WAY = 60_000

/** One turn as its client has it: what was sent of it, and how much of that was played. */
export class Utterance {
  readonly captions = new Captions()
  readonly #turn: Turn
  /** End of the media that was sent. */
  #sent: Microseconds = 0
  /** When the first of it left, on the turn's clock. */
  #leftAt: Microseconds | undefined
  #playhead: Microseconds | undefined
  /** When that was told, on the turn's clock. */
  #toldAt: Microseconds = 0
  #branch: FlowBranch | undefined

  /** @param isPaced whether the client tells what it plays: the turn waits for that, and not only for the sending */
  constructor(
    readonly number: number,
    readonly source: TurnSource,
    turn: Turn,
    isPaced: boolean,
  ) {
    this.#turn = turn
    if (isPaced) this.#pace()
  }

  /** The turn's id in the pipeline. */
  get id(): TurnId {
    return this.#turn.id
  }

  get turn(): Turn {
    return this.#turn
  }

  /** End of the media that was sent. */
  get end(): Microseconds {
    return this.#sent
  }

  sent(packet: Packet): void {
    this.#leftAt ??= this.#turn.clock.now()
    this.#sent = Math.max(this.#sent, endOf(packet))
  }

  /** The client has played everything before `timestamp`. */
  played(timestamp: Microseconds): void {
    this.#playhead = Math.max(this.#playhead ?? 0, timestamp)
    this.#toldAt = this.#turn.clock.now()
    this.#pace().advance(this.#playhead)
  }

  /** How far it was played: by what the client told, or else by the time since the first of it left. */
  get position(): Microseconds {
    if (this.isPaced) return this.#playhead ?? 0
    const elapsed = this.#leftAt === undefined ? 0 : this.#turn.clock.now() - this.#leftAt
    return Math.min(elapsed, this.#sent)
  }

  /**
   * Whether a picture of this time would come too late to be seen, as far as can be told: its client plays later ones
   * by the time it could arrive.
   */
  isOverdue(timestamp: Microseconds): boolean {
    const playhead = this.#playhead ?? 0
    // Before the first sound is heard the client waits for pictures, and where it stalls it tells nothing new.
    if (playhead === 0) return false
    const since = Math.min(this.#turn.clock.now() - this.#toldAt, LONGEST_GUESS)
    return timestamp < playhead + since + ON_THE_WAY
  }

  /** Whether the client tells what it plays. */
  get isPaced(): boolean {
    return this.#branch !== undefined
  }

  /** The turn's, for others that take its media at a pace of their own. */
  get window(): FlowWindow {
    return this.#turn.window
  }

  /** The words that were heard. */
  heard(): string {
    return this.captions.heard(this.position, this.#sent)
  }

  #pace(): FlowBranch {
    this.#branch ??= this.#turn.window.branch('playhead')
    return this.#branch
  }
}
