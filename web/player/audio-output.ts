import type { SoundOutput, SoundOutputListener } from './sound-output.js'
import type { FromWorklet, ToWorklet } from './worklet-messages.js'
import workletAddress from './worklet.ts?worker&url'

/** The loudspeaker: an audio context with one worklet in it, fed with the samples of a turn. */
export class AudioOutput implements SoundOutput {
  readonly sampleRate: number
  readonly #context: AudioContext
  readonly #listener: SoundOutputListener
  /** What is said before the worklet listens; undefined once it does, or never will. */
  #early: ToWorklet[] | undefined = []
  #port: MessagePort | undefined

  /** @param sampleRate samples a second of what will be written; the browser makes the device's rate of it */
  constructor(sampleRate: number, listener: SoundOutputListener) {
    this.sampleRate = sampleRate
    this.#listener = listener
    this.#context = new AudioContext({ sampleRate, latencyHint: 'interactive' })
    this.#open().catch((error: unknown) => {
      this.#early = undefined
      listener.failed(error)
    })
  }

  get time(): number {
    return this.#context.currentTime
  }

  get latency(): number {
    // Safari knows the second only.
    const known = (this.#context as { outputLatency?: number }).outputLatency
    return known ?? this.#context.baseLatency
  }

  resume(): void {
    if (this.#context.state === 'running') return
    this.#context.resume().catch((error: unknown) => this.#listener.failed(error))
  }

  /** The samples are transferred to the audio thread. */
  write(turn: number, timestamp: number, samples: Float32Array<ArrayBuffer>): void {
    const at = Math.round((timestamp * this.sampleRate) / 1e6)
    this.#tell({ type: 'samples', turn, at, samples }, [samples.buffer])
  }

  end(turn: number): void {
    this.#tell({ type: 'end', turn })
  }

  /** Silence from the next quantum on. */
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
