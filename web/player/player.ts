import type { WireAudio, WireFrame } from 'phiz/client'
import { FrameSchedule } from './frame-schedule.js'
import { PlayClock, type ClockReport } from './play-clock.js'
import { openSoundOutput, type SoundOutput } from './sound-output.js'

/** Microseconds between two playheads. */
const PLAYHEAD_EVERY = 100_000
/**
 * Milliseconds for which the first sound waits for the first picture, so that both begin together. A picture that takes
 * longer comes when it can.
 */
const HOLD = 200
/** Frames that are being decoded at once. */
const DECODING = 3

const SCHEDULE = {
  // Five seconds: the flow window of a turn is two.
  capacity: 125,
  decoded: 8,
  early: 8_000,
} as const

/** What a player tells. Turns are the server's numbers, times microseconds of the turn. */
export interface PlayerListener {
  /** The first sample of the turn is at the ear. */
  firstAudio(): void
  /** The turn's picture for now, and the time it is of; the listener closes it. */
  picture(picture: ImageBitmap, timestamp: number, isFirst: boolean): void
  /** How far behind the sound a picture was when it was drawn. */
  skew(late: number): void
  /** The turn's time, before every repaint of the screen. */
  time(turn: number, now: number): void
  /** What has been heard, ten times a second and at the end. */
  playhead(turn: number, heard: number): void
  /** The turn is over: heard to its end. */
  finished(turn: number): void
  /** After a cut: nothing is heard any more. */
  silence(): void
  failed(what: 'sound' | 'picture', reason: unknown): void
}

interface Playing {
  readonly turn: number
  /** The player's own count: a server that is connected to again counts from one. */
  readonly epoch: number
  /** Where its media end, as far as they have come. */
  end: number
  ended: boolean
  heard: boolean
  seen: boolean
  /** The playhead last told. */
  told: number
  /** Sound that waits for the first picture; undefined once nothing waits. */
  held: WireAudio[] | undefined
  holding: ReturnType<typeof setTimeout> | undefined
}

/**
 * Plays one turn at a time. The sound is the master: pictures wait for it and are dropped to keep up with it, and where
 * it stops for want of samples they stop with it.
 */
export class Player {
  readonly #listener: PlayerListener
  readonly #clock = new PlayClock()
  readonly #frames = new FrameSchedule<ImageBitmap>(SCHEDULE)
  #output: SoundOutput | undefined
  #playing: Playing | undefined
  #epoch = 0
  #decoding = 0
  #repaint: number | undefined
  /** Whether pictures come with the sound: then the first sound waits for the first of them. */
  pictures = true

  constructor(listener: PlayerListener) {
    this.#listener = listener
  }

  /** The turn that is being played; undefined between turns. */
  get turn(): number | undefined {
    return this.#playing?.turn
  }

  /** Makes the loudspeaker ready; to be called when a key is pressed or the screen touched, and when the rate is known. */
  prepare(sampleRate: number): void {
    if (this.#output?.sampleRate !== sampleRate) {
      this.#output?.close().catch((error: unknown) => this.#listener.failed('sound', error))
      this.#output = openSoundOutput(sampleRate, {
        report: (report) => this.#follow(report),
        silence: () => this.#listener.silence(),
        failed: (reason) => this.#listener.failed('sound', reason),
      })
    }
    this.#output.resume()
  }

  /** Begins a turn; the one before is cut. */
  begin(turn: number): void {
    this.cut()
    this.#epoch += 1
    this.#playing = {
      turn,
      epoch: this.#epoch,
      end: 0,
      ended: false,
      heard: false,
      seen: false,
      told: 0,
      held: this.pictures ? [] : undefined,
      holding: undefined,
    }
    // From the first word on it is the playhead that the server goes by.
    this.#listener.playhead(turn, 0)
    this.#schedule()
  }

  /** Takes sound; of another turn than the one that is played it is ignored. */
  audio(packet: WireAudio): void {
    const playing = this.#of(packet.turn)
    if (playing === undefined) return
    playing.end = Math.max(playing.end, packet.timestamp + packet.duration)
    if (playing.held === undefined) {
      this.#write(playing, packet)
      return
    }
    playing.held.push(packet)
    playing.holding ??= setTimeout(() => this.#release(playing), HOLD)
  }

  /** Takes a picture; of another turn than the one that is played it is ignored. */
  frame({ turn, timestamp, duration, jpeg }: WireFrame): void {
    const playing = this.#of(turn)
    if (playing === undefined) return
    playing.end = Math.max(playing.end, timestamp + duration)
    this.#frames.push(timestamp, duration, jpeg as Uint8Array<ArrayBuffer>)
    this.#decode()
  }

  /** Nothing more comes of the turn; it is played to its end. */
  end(turn: number): void {
    const playing = this.#of(turn)
    if (playing === undefined) return
    playing.ended = true
    this.#release(playing)
    this.#output?.end(playing.epoch)
    if (playing.end === 0) this.#finish(playing)
  }

  /**
   * Ends the turn at once: silence from the next quantum on.
   * @returns whether there was a turn
   */
  cut(): boolean {
    const playing = this.#playing
    if (playing === undefined) return false
    this.#output?.cut(playing.epoch)
    this.#clear()
    return true
  }

  #write({ epoch }: Playing, { timestamp, sampleRate, samples }: WireAudio): void {
    if (this.#output?.sampleRate !== sampleRate) this.prepare(sampleRate)
    this.#output?.write(epoch, timestamp, samples as Float32Array<ArrayBuffer>)
  }

  /** Lets the sound begin. */
  #release(playing: Playing): void {
    const { held, holding } = playing
    if (held === undefined) return
    clearTimeout(holding)
    playing.held = undefined
    for (const packet of held) this.#write(playing, packet)
  }

  #of(turn: number): Playing | undefined {
    return this.#playing?.turn === turn ? this.#playing : undefined
  }

  #now(): number | undefined {
    const output = this.#output
    if (output === undefined || this.#clock.turn !== this.#playing?.epoch) return undefined
    return this.#clock.now(output.time, output.latency)
  }

  /** The audio thread goes on in the background, where nothing is painted and timers sleep: the playhead hangs on it. */
  #follow(report: ClockReport): void {
    const playing = this.#playing
    if (report.turn !== playing?.epoch) return
    this.#clock.take(report)
    const now = this.#now()
    if (now === undefined) return
    if (!playing.heard) {
      playing.heard = true
      this.#listener.firstAudio()
    }
    const heard = Math.min(now, playing.end)
    if (heard - playing.told >= PLAYHEAD_EVERY) {
      playing.told = heard
      this.#listener.playhead(playing.turn, Math.round(heard))
    }
    if (playing.ended && now >= playing.end) this.#finish(playing)
  }

  #finish(playing: Playing): void {
    this.#draw()
    this.#output?.cut(playing.epoch)
    this.#clear()
    this.#listener.playhead(playing.turn, Math.round(playing.end))
    this.#listener.finished(playing.turn)
  }

  #clear(): void {
    clearTimeout(this.#playing?.holding)
    this.#playing = undefined
    this.#clock.clear()
    this.#frames.clear()
    if (this.#repaint !== undefined) cancelAnimationFrame(this.#repaint)
    this.#repaint = undefined
  }

  #schedule(): void {
    this.#repaint = requestAnimationFrame(() => {
      this.#draw()
      if (this.#playing !== undefined) this.#schedule()
    })
  }

  #draw(): void {
    const playing = this.#playing
    if (playing === undefined) return
    const now = this.#now()
    if (now !== undefined) this.#listener.time(playing.turn, now)
    // The first picture need not wait for the sound: it is a face about to speak.
    const frame = this.#frames.due(now ?? 0)
    if (frame?.picture !== undefined) {
      if (now !== undefined) this.#listener.skew(now - frame.timestamp)
      this.#listener.picture(frame.picture, frame.timestamp, !playing.seen)
      playing.seen = true
    }
    this.#decode()
  }

  #decode(): void {
    while (this.#decoding < DECODING) {
      const frame = this.#frames.nextToDecode(this.#now())
      if (frame === undefined) return
      this.#decoding += 1
      createImageBitmap(new Blob([frame.jpeg], { type: 'image/jpeg' }))
        .then(
          (picture) => {
            const playing = this.#playing
            if (this.#frames.decoded(frame, picture) && playing !== undefined) this.#release(playing)
          },
          (error: unknown) => {
            this.#frames.failed(frame)
            this.#listener.failed('picture', error)
          },
        )
        .finally(() => {
          this.#decoding -= 1
          this.#decode()
        })
    }
  }
}
