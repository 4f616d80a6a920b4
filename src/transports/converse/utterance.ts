import type { TurnSource } from '../../client/protocol.js'
import { endOf, type Packet, type TurnId } from '../../pipeline/packet.js'
import type { Microseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import type { FlowBranch } from '../../pipeline/window.js'
import { Captions } from './captions.js'

/** One turn as its client has it: what was sent of it, and how much of that was played. */
export class Utterance {
  readonly captions = new Captions()
  readonly #turn: Turn
  /** End of the media that was sent. */
  #sent: Microseconds = 0
  /** When the first of it left, on the turn's clock. */
  #leftAt: Microseconds | undefined
  #playhead: Microseconds | undefined
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

  sent(packet: Packet): void {
    this.#leftAt ??= this.#turn.clock.now()
    this.#sent = Math.max(this.#sent, endOf(packet))
  }

  /** The client has played everything before `timestamp`. */
  played(timestamp: Microseconds): void {
    this.#playhead = Math.max(this.#playhead ?? 0, timestamp)
    this.#pace().advance(this.#playhead)
  }

  /** The words that were heard: by what the client told, or else by the time since the first sound left. */
  heard(): string {
    const elapsed = this.#leftAt === undefined ? 0 : this.#turn.clock.now() - this.#leftAt
    const isPaced = this.#branch !== undefined
    const position = isPaced ? (this.#playhead ?? 0) : Math.min(elapsed, this.#sent)
    return this.captions.heard(position, this.#sent)
  }

  #pace(): FlowBranch {
    this.#branch ??= this.#turn.window.branch('playhead')
    return this.#branch
  }
}
