import { expect, it } from 'vitest'
import { SilenceFade } from './silence-fade.js'

it('goes into silence and out of it in three frames at 25 fps, from where the first frame is', () => {
  const fade = new SilenceFade(25)
  const weights = [true, true, false, false, true, false, false, false].map((silent) =>
    Number(fade.next(silent).toFixed(3)),
  )
  expect(weights).toEqual([1, 1, 0.667, 0.333, 0.667, 0.333, 0, 0])
  expect(new SilenceFade(25).next(false)).toBe(0)
})
