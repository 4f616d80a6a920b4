import { expect, it } from 'vitest'
import { singleFlight } from './single-flight.js'

it('makes a value once, for callers side by side and later', async () => {
  let made = 0
  const value = singleFlight(() => Promise.resolve((made += 1)))
  expect(await Promise.all([value(), value()])).toEqual([1, 1])
  expect(await value()).toBe(1)
})

it('forgets a failure, so that the next call tries again', async () => {
  let attempts = 0
  const value = singleFlight(() => {
    attempts += 1
    return attempts === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve('there')
  })
  await expect(Promise.all([value(), value()])).rejects.toThrow('not yet')
  expect(await value()).toBe('there')
  expect(attempts).toBe(2)
})
