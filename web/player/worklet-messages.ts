/** What is said to the audio thread. */
export type ToWorklet =
  | {
      readonly type: 'samples'
      readonly turn: number
      /** The turn's time of the first sample, in samples. */
      readonly at: number
      /** In [-1, 1]; transferred. */
      readonly samples: Float32Array<ArrayBuffer>
    }
  /** Nothing more comes of this turn. */
  | { readonly type: 'end'; readonly turn: number }
  /** From here on nothing of turns up to this one is heard. */
  | { readonly type: 'cut'; readonly turn: number }

/** What the audio thread says, some forty times a second while a turn is in it. */
export type FromWorklet =
  | {
      readonly type: 'report'
      readonly turn: number
      /** The turn's time in samples, at `contextTime`. */
      readonly position: number
      /** Samples that wait. */
      readonly waiting: number
      readonly playing: boolean
      /** The context's time in seconds at the end of the quantum that the report follows. */
      readonly contextTime: number
    }
  /** The loudspeaker has been given silence in place of the turn that was cut. */
  | { readonly type: 'silence'; readonly turn: number; readonly contextTime: number }
  /** Samples that found no room. */
  | { readonly type: 'overrun'; readonly turn: number; readonly lost: number }
