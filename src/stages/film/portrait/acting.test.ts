import { describe, expect, it } from 'vitest'
import { LARGEST_AMPLITUDE } from '../../expression/amplitude.js'
import { actingOf } from './acting.js'

const NATURAL = { emoScale: 6, refScale: 3, dynamicScale: 1 }

describe('actingOf', () => {
  it('speaks and moves naturally, and acts the emotion, when nothing else is asked for', () => {
    expect(actingOf(NATURAL)).toEqual({ speech: 1, emotion: 1.5, life: 1 })
  })

  it('neither speaks nor feels at an emoScale of 0', () => {
    expect(actingOf({ ...NATURAL, emoScale: 0 })).toEqual({ speech: 0, emotion: 0, life: 1 })
  })

  it('grows with emoScale all the way', () => {
    const steps = Array.from({ length: 11 }, (_, emoScale) => actingOf({ ...NATURAL, emoScale }))
    for (const [i, { speech, emotion }] of steps.slice(1).entries()) {
      expect(speech).toBeGreaterThan(steps[i]!.speech)
      expect(emotion).toBeGreaterThan(steps[i]!.emotion)
    }
  })

  it('moves less the closer it is to keep to the portrait', () => {
    const lives = [0, 3, 6, 10].map((refScale) => actingOf({ ...NATURAL, refScale }).life)
    expect(lives).toEqual([...lives].sort((a, b) => b - a))
    expect(lives[0]).toBe(2)
    expect(lives[3]).toBeLessThan(0.5)
  })

  it('stays within what a face can do, whatever is asked for', () => {
    for (const emoScale of [0, 3, 10]) {
      for (const refScale of [0, 10]) {
        for (const dynamicScale of [0.1, 3]) {
          const { speech, emotion, life } = actingOf({ emoScale, refScale, dynamicScale })
          expect(speech).toBeLessThanOrEqual(LARGEST_AMPLITUDE.speech)
          expect(emotion).toBeLessThanOrEqual(LARGEST_AMPLITUDE.emotion)
          expect(life).toBeLessThanOrEqual(LARGEST_AMPLITUDE.life)
        }
      }
    }
  })
})
