import { describe, expect, it } from 'vitest'
import { linePoints, Series } from './series.js'

describe('Series', () => {
  it('keeps the latest values', () => {
    const series = new Series(3)
    for (const value of [1, 2, 3, 4]) series.add(value)
    expect(series.values).toEqual([2, 3, 4])
  })
})

describe('linePoints', () => {
  const box = { width: 90, height: 20, top: 100, capacity: 10 }

  it('puts zero at the bottom and the largest expected value at the top', () => {
    expect(linePoints([0, 50, 100], box)).toBe('0,20 10,10 20,0')
  })

  it('keeps what is larger, or below zero, within the chart', () => {
    expect(linePoints([200, 100, -10], box)).toBe('0,0 10,10 20,20')
  })
})
