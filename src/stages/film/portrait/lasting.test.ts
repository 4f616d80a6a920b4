import { describe, expect, it } from 'vitest'
import { lasting } from './lasting.js'

async function samplesOf(
  pieces: readonly number[][],
  samples: number,
): Promise<{ sound: number[]; left: boolean }> {
  let left = false
  async function* chunks(): AsyncGenerator<Float32Array> {
    try {
      for (const piece of pieces) yield await Promise.resolve(Float32Array.from(piece))
    } finally {
      left = true
    }
  }
  const sound: number[] = []
  for await (const piece of lasting(chunks(), samples)) sound.push(...piece)
  return { sound, left }
}

describe('lasting', () => {
  it.each([2, 3, 4])(
    'ends sound after %i samples, within a piece or between two, and leaves its source',
    async (samples) => {
      const { sound, left } = await samplesOf(
        [
          [1, 2, 3],
          [4, 5],
        ],
        samples,
      )
      expect(sound).toEqual([1, 2, 3, 4, 5].slice(0, samples))
      expect(left).toBe(true)
    },
  )

  it('gives sound of the right length as it is', async () => {
    expect((await samplesOf([[1, 2], [3]], 3)).sound).toEqual([1, 2, 3])
  })

  it.each([4, 10_000])('continues shorter sound with silence to %i samples', async (samples) => {
    const { sound } = await samplesOf([[1, 2, 3]], samples)
    expect(sound).toEqual([1, 2, 3, ...Array<number>(samples - 3).fill(0)])
  })
})
