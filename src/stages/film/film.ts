import type { Telemetry } from '../../pipeline/telemetry.js'

/** The eight emotions of DICE-Talk. */
export const FILM_EMOTIONS = [
  'contempt',
  'sad',
  'happy',
  'surprised',
  'angry',
  'disgusted',
  'fear',
  'neutral',
] as const

export type FilmEmotion = (typeof FILM_EMOTIONS)[number]

/** How a film is to look, in DICE-Talk's terms: the names in parentheses are those of its interface. */
export interface FilmSettings {
  readonly emotion: FilmEmotion
  /** How closely the film keeps to the portrait (`ref_scale`), 0–10. */
  readonly refScale: number
  /** How strongly voice and emotion move the face (`emo_scale`), 0–10. */
  readonly emoScale: number
  /** Whether the picture is cut to the face and its surroundings. */
  readonly crop: boolean
  /** Steps of a diffusion engine (`inference_steps`), 8–50. */
  readonly inferenceSteps: number
  /** Seconds, 0.1–300; left out, as long as the sound. */
  readonly duration?: number
  /** Frames a second, 8–60. */
  readonly fps: number
  /** 0–2147483647: the same seed gives the same motion. */
  readonly seed: number
  /** How much the head and face move (`dynamic_scale`), 0.1–3. */
  readonly dynamicScale: number
  /** Pixels of the film's shorter side (`min_resolution`), 128–2048. */
  readonly minResolution: number
  /** How much of the face's size is kept around it by a crop (`expand_ratio`), 0.1–2. */
  readonly expandRatio: number
}

export interface FilmRequest {
  /** A picture file with a face. */
  readonly portrait: string
  /** A sound file. */
  readonly audio: string
  /** The MP4 to write. It appears under its name only when it is whole. */
  readonly output: string
  readonly settings: FilmSettings
}

export interface FilmOptions {
  /** Aborts the work; what was written is removed. */
  readonly signal: AbortSignal
  readonly telemetry?: Telemetry
  /** Told how much is done, 0–1 and never less than before, and what is being done. */
  readonly onProgress?: (done: number, doing: string) => void
}

/** An engine that makes a portrait speak: picture and sound in, a finished film out. */
export interface FilmMaker {
  /** The engine, for people to read. */
  readonly name: string
  /**
   * Makes a film. All its work has ended when the promise settles.
   * @throws InputError for a picture without a usable face or a setting that cannot work, MediaError for a sound
   * that is none, CancelledError when the signal aborts
   */
  make(request: FilmRequest, options: FilmOptions): Promise<void>
}
