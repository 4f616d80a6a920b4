import { InputError } from '../../errors.js'
import type { AudioPacket } from '../../pipeline/packet.js'
import { samplesToMicroseconds, type Microseconds } from '../../pipeline/time.js'

/** Packets that start further than this from the end of the one before do not belong together. */
const LARGEST_GAP: Microseconds = 20_000
/** Seconds of sound that are taken at once. */
const LONGEST_PIECE = 0.5

/** The sound of one turn: begins at 0, has no gaps and one sample rate. Counts its samples. */
export class TurnSound {
  readonly sampleRate: number
  #samples = 0

  /** @param sampleRate Hz, of the first packet */
  constructor(sampleRate: number) {
    this.sampleRate = sampleRate
  }

  /** Seconds that have come. */
  get seconds(): number {
    return this.#samples / this.sampleRate
  }

  /** Frames that the sound spans so far; a part of one is one. */
  frames(fps: number): number {
    return Math.ceil((this.#samples * fps) / this.sampleRate)
  }

  /**
   * Checks that a packet follows those before.
   *
   * @throws InputError when it does not
   */
  check({ sampleRate, timestamp }: AudioPacket): void {
    if (sampleRate !== this.sampleRate) {
      throw new InputError(`sampleRate is ${sampleRate}; the turn began with ${this.sampleRate} Hz.`)
    }
    const expected = samplesToMicroseconds(this.#samples, sampleRate)
    if (Math.abs(timestamp - expected) > LARGEST_GAP) {
      throw new InputError(
        `An audio packet's timestamp is ${timestamp} µs; the one before ended at ${expected} µs.`,
      )
    }
  }

  /** A packet in pieces, so that a whole recording in one does not hold the thread; phonemes go ahead. Counts them. */
  *pieces(packet: AudioPacket): Generator<AudioPacket> {
    const { samples, sampleRate, phonemes } = packet
    const most = Math.ceil(LONGEST_PIECE * sampleRate)
    for (let at = 0; at === 0 || at < samples.length; at += most) {
      const piece = { ...packet, samples: samples.subarray(at, at + most) }
      this.#samples += piece.samples.length
      yield at === 0 || phonemes === undefined ? piece : { ...piece, phonemes: [] }
    }
  }
}
