import { describe, expect, it } from 'vitest'
import { InputError } from '../errors.js'
import { deviceName, parseDevice } from './device.js'

describe('a device', () => {
  it.each([
    ['cpu', { kind: 'cpu' }, 'cpu'],
    ['cuda', { kind: 'cuda', index: 0 }, 'cuda:0'],
    ['cuda:3', { kind: 'cuda', index: 3 }, 'cuda:3'],
  ])('is read from %j', (text, device, name) => {
    expect(parseDevice(text)).toEqual(device)
    expect(deviceName(parseDevice(text))).toBe(name)
  })

  it.each(['', 'gpu', 'CUDA', 'cuda:', 'cuda:-1', 'cuda:1.5', ' cpu'])('is not read from %j', (text) => {
    expect(() => parseDevice(text)).toThrow(InputError)
    expect(() => parseDevice(text)).toThrow(
      `device is "${text}"; it must be "cpu", "cuda" or "cuda:<number>"`,
    )
  })
})
