import type { ClockReport } from './play-clock.js'
import type { FromWorklet, ToWorklet } from './worklet-messages.js'
import workletAddress from './worklet.ts?worker&url'

/** Who listens to an output. */
export interface AudioOutputListener {
  /** The audio thread says how far the sound is. */
  report(report: ClockReport): void
  /** The turn that was cut, and those before it, are no longer heard. */
  silence(turn: number): void
  /** There is no sound, and why. */
  failed(reason: unknown): void
}

/** The loudspeaker: an audio context with one worklet in it, fed with the samples of a turn. */
export class AudioOutput {
  readonly sampleRate: number
  readonly #context: AudioContext
  readonly #listener: AudioOutputListener
  /** What is said before the worklet listens; undefined once it does, or never will. */
  #early: ToWorklet[] | undefined = []
  #port: MessagePort | undefined

  /** @param sampleRate samples a second of what will be written; the browser makes the device's rate of it */
  constructor(sampleRate: number, listener: AudioOutputListener) {
    this.sampleRate = sampleRate
    this.#listener = listener
    this.#context = new AudioContext({ sampleRate, latencyHint: 'interactive' })
    this.#open().catch((error: unknown) => {
      this.#early = undefined
      listener.failed(error)
    })
  }

  /** The context's time in seconds. */
  get time(): number {
    return this.#context.currentTime
  }

  /** Seconds from the context to the ear. */
  get latency(): number {
    // Safari knows the second only.
    const known = (this.#context as { outputLatency?: number }).outputLatency
    return known ?? this.#context.baseLatency
  }

  /** Whether sound can be heard: a browser lets none out before the first key or touch. */
  get running(): boolean {
    return this.#context.state === 'running'
  }

  /** Lets sound out; to be called when a key is pressed or the screen touched. */
  resume(): void {
    if (this.running) return
    this.#context.resume().catch((error: unknown) => this.#listener.failed(error))
  }

  /**
   * Gives samples of a turn.
   * @param timestamp the turn's time of the first, in microseconds
   * @param samples in [-1, 1]; transferred to the audio thread
   */
  write(turn: number, timestamp: number, samples: Float32Array<ArrayBuffer>): void {
    const at = Math.round((timestamp * this.sampleRate) / 1e6)
    this.#tell({ type: 'samples', turn, at, samples }, [samples.buffer])
  }

  /** Says that nothing more comes of a turn. */
  end(turn: number): void {
    this.#tell({ type: 'end', turn })
  }

  /** Nothing of turns up to this one is heard any more, from the next quantum on. */
  cut(turn: number): void {
    this.#tell({ type: 'cut', turn })
  }

  async close(): Promise<void> {
    await this.#context.close()
  }

  async #open(): Promise<void> {
    await this.#context.audioWorklet.addModule(workletAddress)
    if (this.#context.state === 'closed') return
    const node = new AudioWorkletNode(this.#context, 'turn-player', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    })
    node.port.onmessage = ({ data }: MessageEvent<FromWorklet>) => this.#hear(data)
    node.onprocessorerror = (event) => this.#listener.failed(event)
    node.connect(this.#context.destination)
    this.#port = node.port
    for (const message of this.#early ?? []) this.#tell(message)
    this.#early = undefined
  }

  #hear(message: FromWorklet): void {
    switch (message.type) {
      case 'report': {
        const { turn, position, waiting, playing, contextTime } = message
        this.#listener.report({
          turn,
          position: this.#microseconds(position),
          waiting: this.#microseconds(waiting),
          playing,
          contextTime,
        })
        return
      }
      case 'silence':
        this.#listener.silence(message.turn)
        return
      case 'overrun':
        this.#listener.failed(new Error(`${message.lost} samples of sound came too early to be kept.`))
    }
  }

  #tell(message: ToWorklet, transfer: Transferable[] = []): void {
    if (this.#port === undefined) this.#early?.push(message)
    else this.#port.postMessage(message, transfer)
  }

  #microseconds(samples: number): number {
    return (samples * 1e6) / this.sampleRate
  }
}
