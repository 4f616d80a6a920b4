/** The parts used of `@echogarden/espeak-ng-emscripten` 0.3.5, which comes without types. */
declare module '@echogarden/espeak-ng-emscripten' {
  export interface EspeakEvent {
    readonly type:
      | 'list_terminated'
      | 'word'
      | 'sentence'
      | 'mark'
      | 'play'
      | 'end'
      | 'msg_terminated'
      | 'phoneme'
      | 'samplerate'
    /** Milliseconds from the start of the call's audio. */
    readonly audio_position: number
    /** Of a phoneme: its name, mostly in IPA. */
    readonly id: string | number | undefined
  }

  export interface EspeakWorker {
    /** 0 when the voice exists. An unknown variant (`en+nobody`) is ignored. */
    set_voice(name: string): number
    set_rate(wordsPerMinute: number): void
    set_pitch(pitch: number): void
    set_range(range: number): void
    get_samplerate(): number
    /** Calls back with copies of the samples, about 97 ms at a time, before it returns. Stops when told true. */
    synthesize(text: string, callback: (samples: Int16Array, events: readonly EspeakEvent[]) => boolean): void
  }

  export interface EspeakModule {
    readonly eSpeakNGWorker: new () => EspeakWorker
    /** The package's data, in memory. */
    readonly FS: { analyzePath(path: string): { readonly exists: boolean } }
  }

  const load: () => Promise<EspeakModule>
  export default load
}
