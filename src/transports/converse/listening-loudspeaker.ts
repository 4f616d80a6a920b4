import { usualRate } from '../../media/usual-rate.js'
import { endOf, type AudioPacket } from '../../pipeline/packet.js'
import { MICROSECONDS_PER_SECOND, samplesToMicroseconds, type Microseconds } from '../../pipeline/time.js'
import type { HearingSession } from '../../stages/hearing/hearing.js'
import type { Delivered, PlaybackObserver } from './playback.js'
import type { Utterance } from './utterance.js'

/** How far ahead of the microphone sound is announced: the later, the less is said again when a player stalls. */
const AHEAD: Microseconds = 1_000_000
/** Samples are announced in pieces of at most this part of a second. */
const PIECES_PER_SECOND = 2
/** Sound of one turn that may wait to be played. A client that tells its playhead is never sent as much. */
const MOST_WAITING: Microseconds = 60 * MICROSECONDS_PER_SECOND
/**
 * How much later, or earlier, than announced sound may be played before it is announced anew. The ears find an echo
 * that comes up to 96 ms too early or 400 ms late, and lose it for a moment whenever it moves.
 */
const MOST_LATE: Microseconds = 100_000
const MOST_EARLY: Microseconds = 50_000
/** How long a client may go on playing after it was told to be silent, the way there and back included. */
const FADING: Microseconds = 300_000

/** Sound of the turn, and when it begins. */
interface Piece {
  readonly samples: Float32Array
  readonly sampleRate: number
  readonly timestamp: Microseconds
  readonly end: Microseconds
}

type Microphone = Pick<HearingSession, 'position' | 'playing' | 'quiet'>

/**
 * Announces to a microphone what its client's loudspeaker plays, so that the agent does not interrupt itself. Turn time
 * becomes microphone time where the two meet: when a playhead comes, the microphone has come to its position. Both
 * travel on one connection, so that a slow one delays both alike.
 */
export class Loudspeaker implements PlaybackObserver {
  readonly #microphone: Microphone
  #utterance: Utterance | undefined
  /** When the turn's zero is played, in the microphone's time. */
  #zero: Microseconds | undefined
  #pieces: Piece[] = []
  /** How many of the pieces, from the first on, have been announced. */
  #announced = 0

  constructor(microphone: Microphone) {
    this.#microphone = microphone
  }

  begun(utterance: Utterance): void {
    this.#utterance = utterance
    this.#zero = undefined
    this.#pieces = []
    this.#announced = 0
  }

  sent(packet: Delivered, utterance: Utterance | undefined): void {
    if (packet.kind !== 'audio' || utterance === undefined || utterance !== this.#utterance) return
    this.#zero ??= this.#microphone.position - utterance.position
    if (endOf(packet) - utterance.position > MOST_WAITING) return
    this.#pieces.push(...piecesOf(packet))
    this.heard()
  }

  played(utterance: Utterance): void {
    if (this.#zero === undefined) return
    const zero = this.#microphone.position - utterance.position
    const late = zero - this.#zero
    if (late > MOST_LATE || late < -MOST_EARLY) {
      this.#zero = zero
      this.#announced = 0
      this.#microphone.quiet(this.#microphone.position)
    }
    this.heard()
  }

  silenced(): void {
    this.#utterance = undefined
    this.#pieces = []
    this.#announced = 0
    this.#microphone.quiet(this.#microphone.position + FADING)
  }

  /** The microphone has moved on: announces what comes next. */
  heard(): void {
    if (this.#zero === undefined) return
    this.#forgetPlayed()
    const now = this.#microphone.position - this.#zero
    for (; this.#announced < this.#pieces.length; this.#announced += 1) {
      const { samples, sampleRate, timestamp } = this.#pieces[this.#announced]!
      if (timestamp > now + AHEAD) return
      this.#microphone.playing(samples, sampleRate, this.#zero + timestamp)
    }
  }

  /** What was announced and is not played yet may have to be announced again. */
  #forgetPlayed(): void {
    const position = this.#utterance?.position ?? Infinity
    const next = this.#pieces.findIndex(({ end }) => end > position)
    const gone = next === -1 ? this.#pieces.length : next
    if (gone === 0) return
    this.#pieces.splice(0, gone)
    this.#announced = Math.max(0, this.#announced - gone)
  }
}

function piecesOf({ samples, sampleRate, timestamp }: AudioPacket): Piece[] {
  const pieces: Piece[] = []
  const most = Math.floor(sampleRate / PIECES_PER_SECOND)
  const at = (index: number): Microseconds => timestamp + samplesToMicroseconds(index, sampleRate)
  for (let start = 0; start < samples.length; start += most) {
    const piece = samples.subarray(start, start + most)
    const end = at(start + piece.length)
    pieces.push({ samples: piece, sampleRate: usualRate(sampleRate), timestamp: at(start), end })
  }
  return pieces
}
