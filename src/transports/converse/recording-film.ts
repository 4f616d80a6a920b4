import type { FilmTimeline } from '../../media/film-timeline.js'
import { endOf, type AudioPacket, type FramePacket } from '../../pipeline/packet.js'
import {
  framesToMicroseconds,
  MICROSECONDS_PER_SECOND,
  systemClock,
  type Microseconds,
} from '../../pipeline/time.js'
import type { FlowBranch } from '../../pipeline/window.js'
import type { Delivered, PlaybackObserver } from './playback.js'
import type { Utterance } from './utterance.js'

/** How far a player is believed to have come since its last word: playheads come ten times a second. */
const MOST_BELIEVED: Microseconds = 300_000

/** A turn in the film. */
interface Scene {
  readonly utterance: Utterance
  /** Holds the turn to the pace at which it is heard, also where its client would take it faster. */
  readonly branch: FlowBranch
  /** The frame of the film that shows the turn's zero; below 0 for a turn that had begun before the film. */
  zero: number | undefined
  playedAt: Microseconds
  /** What has been sent and is not heard yet. */
  sounds: AudioPacket[]
  frames: FramePacket[]
}

export interface FilmRates {
  readonly fps: number
  readonly sampleRate: number
}

/**
 * Cuts what a client hears and sees into a film in real time. A turn's sound and pictures keep their distance, from the
 * moment on at which its first sound left; what is sent and never heard, because the turn was cut short, is not in the
 * film. A client that stalls does not stall its film: what follows comes where the turn has it.
 */
export class RecordingFilm implements PlaybackObserver {
  readonly #writer: FilmTimeline
  readonly #rates: FilmRates
  readonly #startedAt = systemClock.now()
  #scene: Scene | undefined

  constructor(writer: FilmTimeline, rates: FilmRates) {
    this.#writer = writer
    this.#rates = rates
  }

  /** Length of the film so far. */
  get now(): Microseconds {
    return systemClock.now() - this.#startedAt
  }

  /** Whether something of a turn is still to be heard or seen. */
  get isPlaying(): boolean {
    const scene = this.#scene
    return scene !== undefined && (scene.sounds.length > 0 || scene.frames.length > 0)
  }

  begun(utterance: Utterance): void {
    const branch = utterance.window.branch('recording')
    branch.advance(utterance.position)
    this.#scene = {
      utterance,
      branch,
      zero: undefined,
      playedAt: systemClock.now(),
      sounds: [],
      frames: [],
    }
  }

  sent(packet: Delivered, utterance: Utterance | undefined): void {
    const scene = this.#scene
    if (utterance === undefined) {
      if (packet.kind === 'frame' && !this.isPlaying) {
        this.#writer.picture(packet, Math.floor(this.#framesIn(this.now)))
      }
    } else if (scene?.utterance === utterance) {
      scene.zero ??= this.#zeroOf(utterance)
      if (packet.kind === 'audio') scene.sounds.push(packet)
      else scene.frames.push(packet)
    }
  }

  played(): void {
    if (this.#scene !== undefined) this.#scene.playedAt = systemClock.now()
    this.advance()
  }

  silenced(): void {
    this.#cut()
  }

  /** Takes what has been heard since the last call. To be called some times a second. */
  advance(): void {
    const scene = this.#scene
    if (scene === undefined) return
    const heard = heardOf(scene)
    scene.branch.advance(heard)
    if (scene.zero === undefined) return
    const zero = framesToMicroseconds(scene.zero, this.#rates.fps)
    scene.sounds = scene.sounds.filter((sound) => {
      if (endOf(sound) > heard) return true
      this.#sound(sound, zero)
      return false
    })
    scene.frames = scene.frames.filter((frame) => {
      if (frame.timestamp > heard) return true
      this.#writer.picture(frame, scene.zero! + Math.round(this.#framesIn(frame.timestamp)))
      return false
    })
  }

  /** Ends the turn in the film where it is now. */
  end(): void {
    this.#cut()
  }

  #cut(): void {
    const scene = this.#scene
    if (scene === undefined) return
    this.advance()
    this.#scene = undefined
    scene.branch.close()
    if (scene.zero !== undefined) {
      const heard = heardOf(scene)
      const zero = framesToMicroseconds(scene.zero, this.#rates.fps)
      // A packet that was being heard: its sound up to here.
      for (const sound of scene.sounds)
        if (sound.timestamp < heard) this.#sound(untilTime(sound, heard), zero)
    }
    this.#writer.endStream()
  }

  /** Sound of a turn whose zero is at this time of the film: what lies before the film is left out. */
  #sound({ samples, sampleRate, timestamp }: AudioPacket, zero: Microseconds): void {
    const at = this.#samplesIn(zero) + this.#samplesIn(timestamp)
    const early = Math.max(0, Math.ceil((-at * sampleRate) / this.#rates.sampleRate))
    if (early >= samples.length) return
    this.#writer.stream(samples.subarray(early), sampleRate, Math.max(0, at))
  }

  /** A turn begins when its first sound leaves, and not before the film so far has ended. */
  #zeroOf({ position }: Utterance): number {
    const { fps, sampleRate } = this.#rates
    const start = Math.ceil(this.#framesIn(this.now - position))
    if (start < 0) return start
    return Math.max(start, this.#writer.nextFrame, Math.ceil((this.#writer.samples / sampleRate) * fps))
  }

  #framesIn(time: Microseconds): number {
    return (time * this.#rates.fps) / MICROSECONDS_PER_SECOND
  }

  #samplesIn(time: Microseconds): number {
    return Math.round((time * this.#rates.sampleRate) / MICROSECONDS_PER_SECOND)
  }
}

/** How far a turn is heard: as its client told, and what it has played since. */
function heardOf({ utterance, playedAt }: Scene): Microseconds {
  const { position, isPaced } = utterance
  if (!isPaced || position === 0) return position
  return position + Math.min(systemClock.now() - playedAt, MOST_BELIEVED)
}

function untilTime(sound: AudioPacket, time: Microseconds): AudioPacket {
  const count = Math.round(((time - sound.timestamp) * sound.sampleRate) / MICROSECONDS_PER_SECOND)
  return { ...sound, samples: sound.samples.subarray(0, count) }
}
