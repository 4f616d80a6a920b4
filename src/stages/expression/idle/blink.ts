import { clamp, smoothstep } from '../../../dsp/smooth.js'
import type { SeededRandom } from './random.js'

/**
 * People in conversation blink 15–25 times a minute at intervals that are spread about log-normally (Bentivoglio et
 * al., "Analysis of blink rate patterns in normal subjects", 1997); a lid falls in 60–80 ms and rises in twice that.
 */
const MEDIAN_INTERVAL = 3.1
const INTERVAL_SPREAD = 0.42
const SHORTEST_INTERVAL = 1.6
const LONGEST_INTERVAL = 6.5
const DOUBLE_BLINK_CHANCE = 0.12

interface Blink {
  readonly start: number
  readonly closing: number
  readonly closed: number
  readonly opening: number
  readonly depth: number
}

/** The lids over time. Ask for moments in rising order. */
export class BlinkSchedule {
  readonly #random: SeededRandom
  #blink: Blink
  #doubled = false

  constructor(random: SeededRandom) {
    this.#random = random
    this.#blink = this.#blinkAfter(random.between(0.4, LONGEST_INTERVAL / 2))
  }

  /** How far the lids are down at `time` seconds: 0 open, 1 shut. */
  at(time: number): number {
    while (time >= endOf(this.#blink)) this.#blink = this.#blinkAfter(endOf(this.#blink) + this.#pause())
    const { start, closing, closed, opening, depth } = this.#blink
    const falling = smoothstep(start, start + closing, time)
    const rising = smoothstep(start + closing + closed, start + closing + closed + opening, time)
    return depth * (falling - rising)
  }

  #pause(): number {
    this.#doubled = !this.#doubled && this.#random.chance(DOUBLE_BLINK_CHANCE)
    if (this.#doubled) return this.#random.between(0.08, 0.18)
    const interval = MEDIAN_INTERVAL * Math.exp(INTERVAL_SPREAD * this.#random.normal())
    return clamp(interval, SHORTEST_INTERVAL, LONGEST_INTERVAL)
  }

  #blinkAfter(start: number): Blink {
    const random = this.#random
    return {
      start,
      closing: random.between(0.06, 0.08),
      closed: random.between(0.03, 0.05),
      opening: random.between(0.13, 0.18),
      depth: random.between(0.94, 1),
    }
  }
}

function endOf({ start, closing, closed, opening }: Blink): number {
  return start + closing + closed + opening
}
