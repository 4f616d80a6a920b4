import type { CapturedSound } from './captured-sound.js'
import workletAddress from './capture-worklet.ts?worker&url'

/** Why there is no sound from a microphone. */
export type MicrophoneTrouble = 'insecure' | 'denied' | 'missing' | 'busy' | 'unplugged'

/** A microphone that cannot be used. */
export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError'
  constructor(
    readonly trouble: MicrophoneTrouble,
    cause?: unknown,
  ) {
    super(`The microphone cannot be used: ${trouble}.`, { cause })
  }
}

export interface MicrophoneListener {
  /** What was heard: about 30 ms of it, mono, in [-1, 1]. */
  sound(samples: Float32Array, sampleRate: number): void
  /** It was taken away while it was on. */
  failed(error: MicrophoneError): void
}

/** What a browser calls the troubles (Media Capture and Streams, section 10.2.1). */
const TROUBLES: Readonly<Record<string, MicrophoneTrouble>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
}

/** A microphone that is on. */
export class Microphone {
  readonly #context: AudioContext
  readonly #stream: MediaStream

  private constructor(context: AudioContext, stream: MediaStream) {
    this.#context = context
    this.#stream = stream
  }

  /**
   * Asks for the microphone, and turns it on. The browser takes the echo of the loudspeaker out of it.
   * @throws MicrophoneError
   */
  static async open(listener: MicrophoneListener): Promise<Microphone> {
    // Browsers leave these out on pages that did not come over HTTPS or from this machine.
    const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices
    if (devices === undefined || !('AudioWorkletNode' in globalThis)) throw new MicrophoneError('insecure')
    const stream = await streamOf(devices)
    const microphone = new Microphone(contextFor(stream), stream)
    try {
      await microphone.#context.audioWorklet.addModule(workletAddress)
      microphone.#listen(listener)
      await microphone.#context.resume()
      return microphone
    } catch (error) {
      await microphone.close()
      throw error
    }
  }

  /** Turns it off. */
  async close(): Promise<void> {
    for (const track of this.#stream.getTracks()) track.stop()
    if (this.#context.state !== 'closed') await this.#context.close()
  }

  #listen(listener: MicrophoneListener): void {
    const capture = new AudioWorkletNode(this.#context, 'capture', { numberOfOutputs: 0, channelCount: 1 })
    capture.port.onmessage = ({ data }: MessageEvent<CapturedSound>) => {
      listener.sound(new Float32Array(data.buffer, 0, data.length), data.sampleRate)
    }
    this.#context.createMediaStreamSource(this.#stream).connect(capture)
    for (const track of this.#stream.getTracks()) {
      // Not told of a track that is stopped here.
      track.onended = () => listener.failed(new MicrophoneError('unplugged'))
    }
  }
}

/** At the device's own rate: not every browser lets a context of another rate hear it. */
function contextFor(stream: MediaStream): AudioContext {
  try {
    return new AudioContext({ latencyHint: 'interactive' })
  } catch (error) {
    for (const track of stream.getTracks()) track.stop()
    throw new MicrophoneError('busy', error)
  }
}

async function streamOf(devices: MediaDevices): Promise<MediaStream> {
  try {
    return await devices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    throw new MicrophoneError(TROUBLES[name] ?? 'busy', error)
  }
}
