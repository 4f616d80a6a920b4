import { pitchTrack } from '../../../dsp/pitch-track.js'
import { Resampler } from '../../../dsp/resample.js'
import { InputError } from '../../../errors.js'
import type { VoiceStyle } from '../../../pipeline/packet.js'
import { syllableRate } from './syllable-rate.js'

/** What {@link referenceStyle} finds in the voice's own speech: Hz, and syllables a second. */
const OWN_PITCH = 192
const OWN_SYLLABLE_RATE = 4.8
/**
 * Syllables run together in fast speech and fall apart in slow: those that are counted grow with the 0.55th power of the
 * speed (the voice itself at 0.6 to 1.5).
 */
const COUNTED_GROWTH = 0.55

/** Hz at which a recording is looked at. */
const RATE = 8000
/** Samples between the values of pitch and loudness: 10 ms. */
const HOP = RATE / 100
/** Seconds that are looked at: more says nothing new about a speaker. */
const LONGEST = 15
/** Frames of voice, 0.3 s, that a recording must hold. */
const LEAST_VOICED = 30

/**
 * The voice style that comes nearest to a recorded speaker: the median pitch, and the speed.
 *
 * This is not cloning. The voice stays the one it is, with its own colour and accent; it speaks as high and as fast as
 * the person in the recording, within an octave and a factor of two.
 *
 * @param samples mono speech; the first 15 s count, which take about 80 ms
 * @param sampleRate Hz
 * @throws InputError when hardly any voice is heard in it
 */
export function referenceStyle(samples: Float32Array, sampleRate: number): VoiceStyle {
  const resampler = new Resampler(sampleRate, RATE)
  const sound = resampler.process(samples.subarray(0, LONGEST * sampleRate)).slice()
  const track = pitchTrack(sound, { sampleRate: RATE, lowest: 60, highest: 500, hop: HOP })
  const voiced = track.filter((pitch) => pitch > 0).sort()
  if (voiced.length < LEAST_VOICED) {
    throw new InputError(
      `The reference recording holds ${(voiced.length / 100).toFixed(2)} s of voice; it needs at least ${LEAST_VOICED / 100} s of speech.`,
    )
  }
  const pitch = 12 * Math.log2(voiced[voiced.length >> 1]! / OWN_PITCH)
  const counted = syllableRate(sound, track, HOP, RATE) / OWN_SYLLABLE_RATE
  const rate = counted ** (1 / COUNTED_GROWTH)
  return { pitch: Math.min(12, Math.max(-12, pitch)), rate: Math.min(2, Math.max(0.5, rate)) }
}
