import { expect, it } from 'vitest'
import { SoundHistory } from './sound-history.js'

const read = (history: SoundHistory, start: number, length: number): number[] => {
  const into = new Float32Array(length).fill(9)
  history.read(start, into)
  return [...into]
}

it('gives the latest samples by their place, and silence before and behind them', () => {
  const history = new SoundHistory(4)
  history.push(Float32Array.of(1, 2))
  expect(read(history, -2, 4)).toEqual([0, 0, 1, 2])
  history.push(Float32Array.of(3))
  history.push(Float32Array.of(4, 5, 6))
  expect(history.end).toBe(6)
  expect(read(history, 2, 4)).toEqual([3, 4, 5, 6])
  expect(read(history, 4, 4)).toEqual([5, 6, 0, 0])
})
