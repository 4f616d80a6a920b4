import { expect, it } from 'vitest'
import { Quantile } from './quantile.js'

it('is the value below which the share of the latest values lies', () => {
  const quantile = new Quantile(0.95, 20)
  expect(quantile.value).toBeUndefined()
  quantile.add(7)
  expect(quantile.value).toBe(7)
  for (let value = 1; value <= 20; value += 1) quantile.add(value)
  expect(quantile.value).toBe(19)
  for (let value = 100; value < 120; value += 1) quantile.add(value)
  expect(quantile.value).toBe(118)
})
