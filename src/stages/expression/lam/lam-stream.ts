/** Runs the network on one window: samples at its rate to [`lamFrames(samples)`, 52] in memory of their own. */
export type RunWindow = (samples: Float32Array) => Promise<Float32Array>

/** A turn's sound on its way to rows of weights, [rows, 52]. One call at a time. */
export interface LamStream {
  /** Takes the samples that follow those before; yields what is final, one run of the network at a time. */
  process(samples: Float32Array): AsyncIterable<Float32Array<ArrayBuffer>>
  /** Yields what remains at the end of the sound. */
  flush(): AsyncIterable<Float32Array<ArrayBuffer>>
}
