/** The globals of an AudioWorklet, which TypeScript's `dom` library leaves out (Web Audio API, section 1.32). */

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void

/** Samples a second of the context. */
declare const sampleRate: number
/** Frames that the context has rendered. */
declare const currentFrame: number
