import { describe, expect, it } from 'vitest'
import { InputError, MediaError } from '../errors.js'
import { fileProblem } from './file-problem.js'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: from the system`), { code })

describe('fileProblem', () => {
  it('tells a path at fault from a system at fault', () => {
    const denied = fileProblem(systemError('EACCES'), '/root/a.wav cannot be read')
    expect(denied).toBeInstanceOf(InputError)
    expect(denied.message).toBe('/root/a.wav cannot be read: this process has no permission.')
    const full = fileProblem(systemError('ENOSPC'), 'a.wav cannot be written')
    expect(full).toBeInstanceOf(MediaError)
    expect(full.message).toBe('a.wav cannot be written: ENOSPC: from the system')
  })

  it('lets errors made on purpose pass', () => {
    const error = new InputError('as it was')
    expect(fileProblem(error, 'x')).toBe(error)
  })
})
