import { endOf, type AudioPacket, type FramePacket, type Packet } from '../../pipeline/packet.js'
import type { Utterance } from './utterance.js'

/** Sound and pictures: what is heard and seen of a conversation. */
export type Delivered = AudioPacket | FramePacket

/** Told what reaches a client and how far it comes, as it happens. Nothing of it may throw or take long. */
export interface PlaybackObserver {
  /** A turn begins. */
  begun?(utterance: Utterance): void
  /** Sound or a picture of the turn has left; undefined is the time between turns. */
  sent(packet: Delivered, utterance: Utterance | undefined): void
  /** The client has told how far it has played the turn. */
  played?(utterance: Utterance): void
  /** No more of the turn is played: its position is final. */
  silenced(utterance: Utterance): void
}

/** Packets that may wait to be played: a client that tells nothing may be sent a long turn at once. */
const MOST_UNPLAYED = 512

/** What one client was sent, and how far it has played it: for whoever must know what is heard at this moment. */
export class Playback {
  readonly #observers = new Set<PlaybackObserver>()
  /** The last turn, which may be over and still be played. */
  #utterance: Utterance | undefined
  /** What of it has not been played, in the order of sending. */
  #unplayed: Delivered[] = []
  #lastFrame: FramePacket | undefined

  /** The picture that was sent last. */
  get lastFrame(): FramePacket | undefined {
    return this.#lastFrame
  }

  /** A turn begins. Of the one before nothing more is played. */
  begin(utterance: Utterance): void {
    this.silenced()
    this.#utterance = utterance
    for (const observer of this.#observers) observer.begun?.(utterance)
  }

  /**
   * A packet has left.
   * @param number of its turn; 0 is the time between turns
   */
  sent(number: number, packet: Packet): void {
    if (packet.kind !== 'audio' && packet.kind !== 'frame') return
    if (packet.kind === 'frame') this.#lastFrame = packet
    const utterance = this.#utterance
    if (number !== 0) {
      if (utterance?.number !== number) return
      this.#forgetPlayed(utterance)
      if (this.#unplayed.length < MOST_UNPLAYED) this.#unplayed.push(packet)
    }
    for (const observer of this.#observers) observer.sent(packet, number === 0 ? undefined : utterance)
  }

  /** The client has told how far it is; its utterance knows already. */
  played(number: number): void {
    const utterance = this.#utterance
    if (utterance?.number !== number) return
    this.#forgetPlayed(utterance)
    for (const observer of this.#observers) observer.played?.(utterance)
  }

  /** The last turn, live or over, is not played any further. */
  silenced(): void {
    const utterance = this.#utterance
    if (utterance === undefined) return
    this.#utterance = undefined
    this.#unplayed = []
    for (const observer of this.#observers) observer.silenced(utterance)
  }

  /**
   * Tells what happens from now on, and first what of the last turn is still to be played.
   * @returns tells no more
   */
  watch(observer: PlaybackObserver): () => void {
    this.#observers.add(observer)
    const utterance = this.#utterance
    if (utterance !== undefined) {
      this.#forgetPlayed(utterance)
      observer.begun?.(utterance)
      for (const packet of this.#unplayed) observer.sent(packet, utterance)
    }
    return () => {
      this.#observers.delete(observer)
    }
  }

  /** Kinds are sent side by side, so that the played ones are not all in front. */
  #forgetPlayed({ position }: Utterance): void {
    const first = this.#unplayed[0]
    if (first === undefined || endOf(first) > position) return
    this.#unplayed = this.#unplayed.filter((packet) => endOf(packet) > position)
  }
}
