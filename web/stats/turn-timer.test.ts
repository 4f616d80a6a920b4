import { expect, it } from 'vitest'
import { TurnTimer } from './turn-timer.js'

it('measures from the key to what it caused, and nothing that no key caused', () => {
  const timer = new TurnTimer()
  expect(timer.sinceAsked(5)).toBeUndefined()
  timer.asked(100)
  expect(timer.sinceAsked(180)).toBe(80)
  expect(timer.sinceAsked(240)).toBe(140)
  timer.over()
  expect(timer.sinceAsked(300)).toBeUndefined()
})

it('tells an interruption once', () => {
  const timer = new TurnTimer()
  timer.interrupted(50)
  expect(timer.takeInterruption(62)).toBe(12)
  expect(timer.takeInterruption(70)).toBeUndefined()
})
