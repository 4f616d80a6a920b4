import { expect, it } from 'vitest'
import { mannerOf, VOICE_NAMES } from './voices.js'

it('has the official voices, each in a manner of its own that the engine takes', () => {
  expect(VOICE_NAMES.join(' ')).toBe(
    'alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse',
  )
  const manners = VOICE_NAMES.map((name) => JSON.stringify(mannerOf(name, 1, '')))
  expect(new Set(manners).size).toBe(VOICE_NAMES.length)
  for (const name of VOICE_NAMES) {
    for (const speed of [0.25, 0.5, 1, 2, 4]) {
      const { voice = {}, tempo } = mannerOf(name, speed, '')
      const { rate = 1, pitch = 0 } = voice
      expect(rate).toBeGreaterThanOrEqual(0.5)
      expect(rate).toBeLessThanOrEqual(2)
      expect(Math.abs(pitch)).toBeLessThan(12)
      // What the engine does and what is done to its sound make the speed, times the voice's own pace.
      expect(Math.abs((rate * tempo) / speed - 1)).toBeLessThan(0.1)
    }
  }
})

it('takes an emotion from instructions that name one, and leaves others', () => {
  expect(mannerOf('alloy', 1, 'Speak in a sad tone.').voice?.emotion?.[2]).toBeGreaterThan(0)
  expect(mannerOf('alloy', 1, 'Talk like a pirate.').voice).toBeUndefined()
})
