import type { SoundDevice } from './scheduled-output.js'

/** A clock without sound, for browsers that have none: the face moves by it all the same. */
export class SilentDevice implements SoundDevice {
  readonly latency = 0

  get time(): number {
    return performance.now() / 1000
  }

  resume(): void {
    // There is nothing to let out.
  }

  play(): void {
    // Nobody hears it.
  }

  hush(onSilence: () => void): void {
    onSilence()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
