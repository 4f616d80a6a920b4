import { PlaySchedule } from './play-schedule.js'
import type { SoundOutput, SoundOutputListener } from './sound-output.js'

/** Seconds that sound is there before it is played. */
const LEAD = 0.08
/** Milliseconds between reports. */
const REPORT_EVERY = 20

/** What a {@link ScheduledOutput} plays on. */
export interface SoundDevice {
  /** Seconds; stands still while no sound may be let out. */
  readonly time: number
  /** Seconds from that time to the ear. */
  readonly latency: number
  resume(): void
  /** Plays samples at a time of the device. */
  play(samples: Float32Array<ArrayBuffer>, at: number): void
  /** Forgets what was given to it, softly. Calls back when nothing is heard any more. */
  hush(onSilence: () => void): void
  close(): Promise<void>
}

/** Plays by handing each piece to a device ahead of its time; the device's clock says how far the turn is. */
export class ScheduledOutput implements SoundOutput {
  readonly sampleRate: number
  readonly #device: SoundDevice
  readonly #listener: SoundOutputListener
  #turn = 0
  /** Turns up to this one are over, whatever of them still arrives. */
  #over = 0
  #schedule: PlaySchedule | undefined
  #reporting: ReturnType<typeof setInterval> | undefined

  constructor(sampleRate: number, device: SoundDevice, listener: SoundOutputListener) {
    this.sampleRate = sampleRate
    this.#device = device
    this.#listener = listener
  }

  get time(): number {
    return this.#device.time
  }

  get latency(): number {
    return this.#device.latency
  }

  resume(): void {
    this.#device.resume()
  }

  write(turn: number, timestamp: number, samples: Float32Array<ArrayBuffer>): void {
    const schedule = this.#of(turn)
    if (schedule === undefined) return
    const at = schedule.place(timestamp / 1e6, samples.length / this.sampleRate, this.#device.time)
    this.#device.play(samples, at)
  }

  end(turn: number): void {
    this.#of(turn)?.end()
  }

  cut(turn: number): void {
    this.#over = Math.max(this.#over, turn)
    if (this.#turn <= turn) this.#stop()
    this.#device.hush(() => this.#listener.silence(turn))
  }

  async close(): Promise<void> {
    this.#stop()
    await this.#device.close()
  }

  /** The schedule of a turn, which begins with its first piece; undefined for one that is over. */
  #of(turn: number): PlaySchedule | undefined {
    if (turn <= this.#over || turn < this.#turn) return undefined
    if (turn > this.#turn) {
      this.#stop()
      this.#turn = turn
    }
    this.#schedule ??= new PlaySchedule(LEAD)
    this.#reporting ??= setInterval(() => this.#report(), REPORT_EVERY)
    return this.#schedule
  }

  #report(): void {
    const contextTime = this.#device.time
    const progress = this.#schedule?.at(contextTime)
    if (progress === undefined) return
    const { position, waiting, playing } = progress
    this.#listener.report({
      turn: this.#turn,
      position: position * 1e6,
      waiting: waiting * 1e6,
      playing,
      contextTime,
    })
  }

  #stop(): void {
    clearInterval(this.#reporting)
    this.#reporting = undefined
    this.#schedule = undefined
  }
}
