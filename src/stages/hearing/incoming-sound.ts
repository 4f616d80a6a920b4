import { InputError } from '../../errors.js'
import { samplesToMicroseconds } from '../../pipeline/time.js'
import { LONGEST_WAIT } from './backlog.js'

/** Rates are multiples of this: finer ratios to 16 kHz need large filters, and no device has them. */
const RATE_STEP = 25
const LOWEST_RATE = 8000
const HIGHEST_RATE = 192_000

/**
 * @throws InputError unless the rate is a multiple of 25 Hz from 8,000 to 192,000 and the samples last 2 s at most
 */
export function checkSound(samples: Float32Array, sampleRate: number): void {
  if (!(sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE && sampleRate % RATE_STEP === 0)) {
    throw new InputError(
      `sampleRate is ${sampleRate}; a multiple of ${RATE_STEP} from ${LOWEST_RATE} to ${HIGHEST_RATE} is expected.`,
    )
  }
  if (samplesToMicroseconds(samples.length, sampleRate) > LONGEST_WAIT) {
    throw new InputError(
      `The chunk has ${samples.length} samples, ${(samples.length / sampleRate).toFixed(1)} s; ` +
        `at most ${LONGEST_WAIT / 1e6} s are taken at once.`,
    )
  }
}

/** Samples with memory of their own, within [-1, 1]. What is not a number would stay in every filter: it is silence. */
export function soundCopy(samples: Float32Array): Float32Array<ArrayBuffer> {
  const copy = new Float32Array(samples.length)
  for (let n = 0; n < samples.length; n++) {
    const value = samples[n]!
    copy[n] = Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value))
  }
  return copy
}
