import type { SoundDevice } from './scheduled-output.js'

/** Seconds of the fade that a cut ends with: no click. */
const FADE = 0.005

/** An audio context whose sound is buffers that are started by its clock. */
export class BufferDevice implements SoundDevice {
  readonly #context: AudioContext
  readonly #failed: (reason: unknown) => void
  /** What is played or waits goes through it; a cut closes it, and the next sound has another. */
  #gate: GainNode | undefined

  /** @param sampleRate samples a second of what will be played; the browser makes the device's rate of it */
  constructor(sampleRate: number, listener: { failed(reason: unknown): void }) {
    this.#context = new AudioContext({ sampleRate, latencyHint: 'interactive' })
    this.#failed = (reason) => listener.failed(reason)
  }

  get time(): number {
    return this.#context.currentTime
  }

  get latency(): number {
    // Safari knows the second only.
    return (this.#context as { outputLatency?: number }).outputLatency ?? this.#context.baseLatency
  }

  resume(): void {
    if (this.#context.state !== 'running') this.#context.resume().catch(this.#failed)
  }

  play(samples: Float32Array<ArrayBuffer>, at: number): void {
    if (samples.length === 0) return
    const buffer = this.#context.createBuffer(1, samples.length, this.#context.sampleRate)
    buffer.copyToChannel(samples, 0)
    const source = new AudioBufferSourceNode(this.#context, { buffer })
    source.connect(this.#open())
    source.start(Math.max(0, at))
  }

  hush(onSilence: () => void): void {
    const gate = this.#gate
    this.#gate = undefined
    if (gate === undefined) {
      onSilence()
      return
    }
    const now = this.#context.currentTime
    gate.gain.setValueAtTime(1, now)
    gate.gain.linearRampToValueAtTime(0, now + FADE)
    setTimeout(() => {
      // Whatever still waits behind it is heard by nobody, and freed when its time has passed.
      gate.disconnect()
      onSilence()
    }, FADE * 1000)
  }

  async close(): Promise<void> {
    await this.#context.close()
  }

  #open(): GainNode {
    if (this.#gate === undefined) {
      this.#gate = new GainNode(this.#context)
      this.#gate.connect(this.#context.destination)
    }
    return this.#gate
  }
}
