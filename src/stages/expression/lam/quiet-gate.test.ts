import { expect, it } from 'vitest'
import { QuietGate } from './quiet-gate.js'

const AHEAD = 3
/** Frames before the first sound, so that the gate has heard the room. */
const LEAD = 10

/** How free the mouth is, one value a frame: the room, frames of sound at a level, the room again. */
function free(room: number, sound: number, frames: number): number[] {
  const levels = [...new Array<number>(LEAD).fill(room), ...new Array<number>(frames).fill(sound)]
  const gate = new QuietGate(AHEAD)
  return [...levels, ...new Array<number>(30).fill(room)].flatMap((level) => gate.next(level) ?? [])
}

it('tells of as many frames as it has heard, less those ahead', () => {
  expect(free(-80, -20, 5)).toHaveLength(LEAD + 5 + 30 - AHEAD)
})

it.each([-120, -80, -50])('is open before a sound and shut well after it, in a room of %i dB', (room) => {
  const values = free(room, -20, 10)
  expect(values.slice(0, LEAD - AHEAD)).toEqual(new Array(LEAD - AHEAD).fill(0))
  expect(values.slice(LEAD - 1, LEAD + 10)).toEqual(new Array(11).fill(1))
  expect(values.slice(LEAD + 22)).toEqual(new Array(values.length - LEAD - 22).fill(0))
})

it('closes gradually', () => {
  const values = free(-80, -20, 10)
  for (const [i, value] of values.entries()) {
    if (i > LEAD) expect(values[i - 1]! - value).toBeLessThan(0.26)
  }
})

it('is open from the first frame for a voice that begins at once', () => {
  const gate = new QuietGate(AHEAD)
  const values = Array.from({ length: 10 }, () => gate.next(-20))
  expect(values.slice(AHEAD)).toEqual(new Array(7).fill(1))
})

it('stays open over the closure of a consonant', () => {
  const gate = new QuietGate(AHEAD)
  const levels = [-20, -20, -20, -20, -70, -70, -70, -70, -20, -20, -20, -20]
  const values = levels.flatMap((level) => gate.next(level) ?? [])
  expect(values).toEqual(new Array(levels.length - AHEAD).fill(1))
})

it('stays shut for noise that does not change', () => {
  const gate = new QuietGate(AHEAD)
  for (let i = 0; i < 300; i++) expect(gate.next(-46 + Math.sin(i)) ?? 0).toBe(0)
})

it('hardly opens for a hiss behind digital silence', () => {
  expect(Math.max(...free(-120, -58, 60))).toBeLessThan(0.2)
})
