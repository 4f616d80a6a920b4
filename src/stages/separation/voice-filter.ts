import { NoiseFilter } from '../../dsp/noise-filter.js'
import { SpectralStream } from '../../dsp/spectral-stream.js'
import { SteadyToneFilter } from '../../dsp/steady-tones.js'

/** Hz of the sound that the filter is made for. */
export const SEPARATION_SAMPLE_RATE = 16_000

/** Long windows, 256 ms: bins of 4 Hz, in which a tone stands still and a voice does not. */
const TONE_WINDOW = 4096
const TONE_HOP = TONE_WINDOW / 4
/** Frames to each side that make 0.7 s, over which a tone lasts. */
const TONE_LASTING = 5
/** Bins to each side that make 66 Hz, in which a tone stands out. */
const TONE_WIDTH = 8
/** Frames to each side that make 10 s, in which a voice pauses. */
const TONE_PAUSES = 78

/** Short windows, 64 ms every 16 ms. */
const NOISE_WINDOW = 1024
const NOISE_HOP = NOISE_WINDOW / 4

/**
 * A voice out of its background, as a stream: first without the tones that last, then without noise.
 *
 * What it cannot take away is what behaves as a voice does: other voices, and melodies that slide.
 */
export class VoiceFilter {
  readonly #tones = new SpectralStream(
    TONE_WINDOW,
    TONE_HOP,
    new SteadyToneFilter({
      bins: TONE_WINDOW / 2 + 1,
      lasting: TONE_LASTING,
      width: TONE_WIDTH,
      pauses: TONE_PAUSES,
    }),
  )
  readonly #noise = new SpectralStream(NOISE_WINDOW, NOISE_HOP, new NoiseFilter(NOISE_WINDOW / 2 + 1))

  /** Takes samples at {@link SEPARATION_SAMPLE_RATE}; gives what is ready, about 6 s behind them. */
  process(samples: Float32Array): Float32Array<ArrayBuffer> {
    return this.#noise.process(this.#tones.process(samples))
  }

  /** What remains: as many samples come out in all as went in. */
  *flush(): Generator<Float32Array<ArrayBuffer>> {
    yield this.#noise.process(this.#tones.flush())
    yield this.#noise.flush()
  }
}
