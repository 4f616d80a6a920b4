import { SampleRing } from './sample-ring.js'
import type { FromWorklet, ToWorklet } from './worklet-messages.js'

/** Frames in a render quantum (Web Audio API, section 1.1). */
const QUANTUM = 128
/** A fade as long as a quantum is no click, and the next quantum is silence. */
const FADE = QUANTUM
/** Milliseconds of sound that must wait before it is played: the jitter of a network, unheard as a delay. */
const START_AFTER_MS = 60
/** Seconds between reports. */
const REPORT_EVERY = 0.02

/** Plays the samples of one turn after another, and reports how far it is. */
class TurnPlayer extends AudioWorkletProcessor {
  readonly #ring = new SampleRing(sampleRate, FADE, Math.round((sampleRate * START_AFTER_MS) / 1000))
  #turn = 0
  /** Turns up to this one are over, whatever of them still arrives. */
  #over = 0
  #cut: number | undefined
  #reportAt = 0
  #wasPlaying = false

  constructor() {
    super()
    this.port.onmessage = ({ data }: MessageEvent<ToWorklet>) => this.#take(data)
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channel = outputs[0]![0]!
    const reading = this.#ring.read(channel)
    const frame = currentFrame + channel.length
    if (this.#cut !== undefined) {
      this.#tell({ type: 'silence', turn: this.#cut, contextTime: frame / sampleRate })
      this.#cut = undefined
    }
    if (reading === 'empty') return true
    const playing = reading === 'playing'
    if (playing !== this.#wasPlaying || frame >= this.#reportAt) {
      this.#wasPlaying = playing
      this.#reportAt = frame + sampleRate * REPORT_EVERY
      this.#tell({
        type: 'report',
        turn: this.#turn,
        position: this.#ring.position,
        waiting: this.#ring.waiting,
        playing,
        contextTime: frame / sampleRate,
      })
    }
    return true
  }

  #take(message: ToWorklet): void {
    if (message.type === 'cut') {
      this.#over = Math.max(this.#over, message.turn)
      if (this.#turn <= message.turn) this.#drop()
      this.#cut = message.turn
      return
    }
    if (message.turn <= this.#over || message.turn < this.#turn) return
    if (message.turn > this.#turn) {
      this.#drop()
      this.#turn = message.turn
    }
    if (message.type === 'end') {
      this.#ring.end()
      return
    }
    const lost = this.#ring.write(message.at, message.samples)
    if (lost > 0) this.#tell({ type: 'overrun', turn: message.turn, lost })
  }

  #drop(): void {
    this.#ring.cut()
    this.#wasPlaying = false
    this.#reportAt = 0
  }

  #tell(message: FromWorklet): void {
    this.port.postMessage(message)
  }
}

registerProcessor('turn-player', TurnPlayer)
