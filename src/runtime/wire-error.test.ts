import { describe, expect, it } from 'vitest'
import { ConfigError, OverloadError, PhizError } from '../errors.js'
import { describeError, reviveError } from './wire-error.js'

const across = (error: unknown) => reviveError(structuredClone(describeError(error)))

describe('an error on its way between threads', () => {
  it('keeps class, code, words, stack and causes', () => {
    const original = new OverloadError('Too much.', {
      cause: new RangeError('Ten of ten.'),
      retryable: false,
    })
    const revived = across(original)
    expect(revived).toBeInstanceOf(OverloadError)
    expect(revived).toMatchObject({
      name: 'OverloadError',
      code: 'overload',
      message: 'Too much.',
      retryable: false,
    })
    expect(revived.stack).toBe(original.stack)
    expect(revived.cause).toMatchObject({ name: 'RangeError', message: 'Ten of ten.' })
  })

  it('stays an error of phiz with its code when its class takes other arguments', () => {
    const revived = across(new ConfigError(['port is 0']))
    expect(PhizError.isInstance(revived)).toBe(true)
    expect(revived).toMatchObject({ name: 'ConfigError', code: 'invalid-config' })
  })

  it('is made of anything thrown, with a bounded chain of causes', () => {
    expect(across('just words').message).toBe('just words')
    const loop = new Error('round')
    loop.cause = loop
    expect(across(loop).message).toBe('round')
  })
})
