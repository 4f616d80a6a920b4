import { expect, it, vi } from 'vitest'
import { UnavailableError } from '../../../errors.js'
import { Synthesiser } from './synthesiser.js'

vi.mock('@echogarden/espeak-ng-emscripten', () => {
  throw new Error("Cannot find package '@echogarden/espeak-ng-emscripten'")
})

it('says how to get the optional package, and that there are other ways, when it is not installed', async () => {
  const load = Synthesiser.load({ english: 'en-us', chinese: 'cmn', variant: '' })
  await expect(load).rejects.toThrow(UnavailableError)
  await expect(load).rejects.toThrow(/npm install @echogarden\/espeak-ng-emscripten.*another speech engine/)
})
