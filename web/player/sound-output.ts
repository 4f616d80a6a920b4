import { AudioOutput } from './audio-output.js'
import { BufferDevice } from './buffer-device.js'
import type { ClockReport } from './play-clock.js'
import { ScheduledOutput } from './scheduled-output.js'
import { SilentDevice } from './silent-device.js'

/** Who listens to an output. */
export interface SoundOutputListener {
  /** How far the sound is, some forty times a second while a turn is played. */
  report(report: ClockReport): void
  /** The turn that was cut, and those before it, are no longer heard. */
  silence(turn: number): void
  /** There is no sound, and why. */
  failed(reason: unknown): void
}

/** Plays the samples of one turn after another, and tells how far it is. */
export interface SoundOutput {
  readonly sampleRate: number
  /** The output's time in seconds. */
  readonly time: number
  /** Seconds from that time to the ear. */
  readonly latency: number
  /** Lets sound out; to be called when a key is pressed or the screen touched. */
  resume(): void
  /**
   * Gives samples of a turn.
   * @param timestamp the turn's time of the first, in microseconds
   * @param samples in [-1, 1]; they belong to the output from here on
   */
  write(turn: number, timestamp: number, samples: Float32Array<ArrayBuffer>): void
  /** Says that nothing more comes of a turn. */
  end(turn: number): void
  /** Nothing of turns up to this one is heard any more. */
  cut(turn: number): void
  close(): Promise<void>
}

/**
 * The best output that this browser has: an audio worklet; without one, as on a page that did not come over HTTPS,
 * buffers that are started by the clock of the audio; and without any sound a clock alone, by which the face still
 * moves.
 * @param sampleRate samples a second of what will be written
 */
export function openSoundOutput(sampleRate: number, listener: SoundOutputListener): SoundOutput {
  if (!('AudioContext' in globalThis)) {
    listener.failed(new Error('this browser has no AudioContext.'))
    return new ScheduledOutput(sampleRate, new SilentDevice(), listener)
  }
  if ('AudioWorkletNode' in globalThis) return new AudioOutput(sampleRate, listener)
  return new ScheduledOutput(sampleRate, new BufferDevice(sampleRate, listener), listener)
}
