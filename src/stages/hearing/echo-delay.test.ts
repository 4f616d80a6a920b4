import { describe, expect, it } from 'vitest'
import { BANDS } from './echo-bands.js'
import { EchoDelay } from './echo-delay.js'
import { randomNumbers } from './fixtures/sounds.js'

/** Powers of bands that rise and fall by 20 dB from frame to frame. */
function powers(seed: number, frames: number): Float64Array[] {
  const next = randomNumbers(seed)
  return Array.from({ length: frames }, () => Float64Array.from({ length: BANDS }, () => 10 ** next()))
}

const FRAMES = 200
const played = powers(1, FRAMES)
const other = powers(2, FRAMES)

/** The delay that is found when each frame is what `heard` makes of the number. */
function found(heard: (frame: number) => Float64Array): number | undefined {
  const delay = new EchoDelay(32)
  for (let frame = 40; frame < FRAMES; frame++) delay.next(heard(frame), played[frame]!)
  return delay.best
}

describe('the delay of an echo', () => {
  it.each([0, 7, 31])('is found: %d frames', (frames) => {
    expect(found((frame) => played[frame - frames]!)).toBe(frames)
  })

  it('is found in a quiet echo under another voice', () => {
    const mixed = (frame: number): Float64Array =>
      played[frame - 12]!.map((power, band) => 0.05 * power + 0.05 * other[frame]![band]!)
    expect(found(mixed)).toBe(12)
  })

  it('is not found in what has nothing to do with it', () => {
    expect(found((frame) => other[frame]!)).toBeUndefined()
  })

  it('is found anew when it changes', () => {
    const delay = new EchoDelay(32)
    for (let frame = 40; frame < FRAMES; frame++) {
      delay.next(played[frame - (frame < 60 ? 3 : 20)]!, played[frame]!)
    }
    expect(delay.best).toBe(20)
  })
})
