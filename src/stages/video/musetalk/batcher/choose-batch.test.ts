import { describe, expect, it } from 'vitest'
import { chooseBatch, type BatchLimits, type Waiting } from './choose-batch.js'

interface Face extends Waiting {
  readonly name: string
}

function face(name: string, slack: number, arrived = 0, alone = false): Face {
  return { name, slack: () => slack, arrived, alone }
}

function choose(
  waiting: readonly Face[],
  now = 0,
  limits: BatchLimits = { most: 4, runTime: () => 20_000 },
): string {
  const { batch, wait } = chooseBatch(waiting, now, limits)
  return `${batch.map(({ name }) => name).join('')} ${wait}`
}

describe('what runs next', () => {
  it('are the most urgent, at once when they fill a batch', () => {
    const waiting = [
      face('a', 900_000),
      face('b', 40_000),
      face('c', 300_000),
      face('d', 0),
      face('e', -5000),
    ]
    expect(choose(waiting)).toBe('edbc 0')
  })

  it('are those who came first among equals', () => {
    expect(choose('abcdef'.split('').map((name) => face(name, 100_000)))).toBe('abcd 0')
  })

  it('is what may wait for company when there is time, as long as it would be of use', () => {
    expect(choose([face('a', 500_000)])).toBe('a 3000')
    expect(choose([face('a', 500_000, 0), face('b', 500_000, 1500)], 2000)).toBe('ab 1000')
    expect(choose([face('a', 500_000)], 3000)).toBe('a 0')
  })

  it('waits for nobody when somebody would be late for it', () => {
    expect(choose([face('a', 500_000), face('b', 21_000)])).toBe('ba 1000')
    expect(choose([face('a', 500_000), face('b', 20_000)])).toBe('ba 0')
    expect(choose([face('a', -1)])).toBe('a 0')
  })

  it('counts waiting as urgency: nobody starves behind turns that are always late', () => {
    const late = ['b', 'c', 'd', 'e'].map((name) => face(name, -100_000, 990_000))
    expect(choose([face('a', 200_000, 800_000), ...late], 1_000_000)).toBe('bcde 0')
    expect(choose([face('a', 200_000, 600_000), ...late], 1_000_000)).toBe('abcd 0')
  })

  it('runs by itself what has to be, in its turn', () => {
    const waiting = [face('a', 5000), face('b', 0, 0, true), face('c', 0, 0, true), face('d', 9000)]
    expect(choose(waiting)).toBe('b 0')
    expect(choose([face('a', 5000), face('b', 900_000, 0, true)])).toBe('a 0')
  })
})
