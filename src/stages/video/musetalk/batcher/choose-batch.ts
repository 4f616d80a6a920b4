import type { Microseconds } from '../../../../pipeline/time.js'

/** Something that waits to be run together with others. */
export interface Waiting {
  /** When it came. */
  readonly arrived: Microseconds
  /** How long from now until it is needed; negative when it is late. */
  readonly slack: () => Microseconds
  /** Whether it must be run by itself. */
  readonly alone: boolean
}

export interface BatchLimits {
  /** Largest batch. */
  readonly most: number
  /** What a batch of this many takes to run, as far as it is known. */
  readonly runTime: (count: number) => Microseconds
}

export interface BatchChoice<T> {
  /** What is to be run together, the most urgent first. */
  readonly batch: readonly T[]
  /** How long more company may be waited for before that; 0 runs now. */
  readonly wait: Microseconds
}

/** Longest that a device stands idle in the hope of more to do: less than a tenth of a run of one on a fast device. */
const LONGEST_GATHERING: Microseconds = 3000

/**
 * Decides what runs next on a device that is free.
 *
 * - The most urgent go first, and what has waited counts as urgency: who is late for good does not starve the rest.
 * - What is not full may gather company for a few milliseconds, but only as long as everybody in it is still in time
 *   when it runs afterwards.
 *
 * @param waiting at least one, in the order of arrival
 */
export function chooseBatch<T extends Waiting>(
  waiting: readonly T[],
  now: Microseconds,
  { most, runTime }: BatchLimits,
): BatchChoice<T> {
  const queue = waiting
    .map((item) => ({ item, slack: item.slack(), rank: 0 }))
    .map((entry) => ({ ...entry, rank: entry.slack - (now - entry.item.arrived) }))
    .sort((a, b) => a.rank - b.rank)
  const first = queue[0]!
  if (first.item.alone) return { batch: [first.item], wait: 0 }
  const chosen = queue.filter(({ item }) => !item.alone).slice(0, most)
  const batch = chosen.map(({ item }) => item)
  if (batch.length === most) return { batch, wait: 0 }
  const oldest = Math.min(...batch.map(({ arrived }) => arrived))
  const spare = Math.min(...chosen.map(({ slack }) => slack)) - runTime(batch.length)
  return { batch, wait: Math.max(0, Math.min(LONGEST_GATHERING - (now - oldest), spare)) }
}
