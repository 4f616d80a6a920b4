import { MixedRadixFft } from '../../../dsp/mixed-radix-fft.js'
import { OverlapAdd } from '../../../dsp/overlap-add.js'
import { hannWindow } from '../../../dsp/window.js'
import { Excitation } from './excitation.js'
import { Mixer } from './mixer.js'
import { BINS, HOP, WINDOW, type NoiseSource, type Spectra } from './spectra.js'

/** Frames made at a time: 100 ms of sound, about a millisecond of work. */
const FRAMES = 8
/** Hops at the end that wait for frames which never come. */
const TAIL = WINDOW / 2 / HOP

/** Makes sound of spectra. One at work for any number of utterances, which may take turns. */
export class Vocoder {
  readonly #fft = new MixedRadixFft(WINDOW)
  readonly #window = hannWindow(WINDOW)
  readonly #mixer = new Mixer()
  readonly #real = new Float64Array(FRAMES * BINS)
  readonly #imaginary = new Float64Array(FRAMES * BINS)
  readonly #noise = new Float32Array(2 * FRAMES * BINS)
  readonly #frame = new Float64Array(WINDOW)
  readonly #output = new Float32Array((FRAMES + TAIL) * HOP);

  /**
   * The waveform of an utterance, or of its frames from `from` to `to`: up to 100 ms at a time, a hop for each frame.
   * @yields a view on memory that is overwritten by the next step of any utterance
   */
  *render(
    spectra: Spectra,
    noise: NoiseSource,
    from = 0,
    to = spectra.frames,
  ): Generator<Float32Array<ArrayBuffer>> {
    const excitation = new Excitation(spectra.f0.subarray(from, to), this.#fft, this.#window, FRAMES)
    const signal = new OverlapAdd(this.#window, HOP)
    const output = this.#output
    for (let frame = from; frame < to; frame += FRAMES) {
      const count = Math.min(FRAMES, to - frame)
      excitation.next(count, this.#real, this.#imaginary)
      noise.take(this.#noise, frame, count)
      this.#mixer.mix(spectra, frame, count, this.#noise, this.#real, this.#imaginary)
      let made = 0
      for (let t = 0; t < count; t++) {
        this.#fft.inverse(this.#real, this.#imaginary, t * BINS, this.#frame)
        made += signal.add(this.#frame, output, made)
      }
      if (frame + count === to) {
        for (let hop = 0; hop < TAIL; hop++) made += signal.rest(output, made)
      }
      if (made > 0) yield output.subarray(0, made)
    }
  }
}
