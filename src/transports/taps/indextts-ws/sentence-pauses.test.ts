import { expect, it } from 'vitest'
import { SentencePauses } from './sentence-pauses.js'

const RATE = 1000

/** Sound of `loud` samples and then silence. */
function clause(loud: number, silent: number): Float32Array {
  return new Float32Array(loud + silent).fill(0.5, 0, loud)
}

/** Where the sound of two clauses with 220 ms of pause lies: [silence between, silence at the end]. */
function silences(intervalSilence: number, first = 'One.', pause = 220): [number, number] {
  const pauses = new SentencePauses(RATE, intervalSilence)
  const parts = [
    ...pauses.clause(clause(300, pause), first),
    ...pauses.clause(clause(300, 220), 'Two.'),
    ...pauses.flush(),
  ]
  const [, between = '', , end = ''] =
    /^S+(s*)(S+)(s*)$/.exec(parts.map((x) => (x > 0 ? 'S' : 's')).join('')) ?? []
  return [between.length, end.length]
}

it('leaves the voice’s own pauses at the default', () => {
  expect(silences(200)).toEqual([220, 220])
})

it('lengthens and shortens the pause between sentences by the difference, not the one at the end', () => {
  expect(silences(1000)).toEqual([1020, 220])
  expect(silences(100)).toEqual([120, 220])
  expect(silences(0)).toEqual([20, 220])
})

it('takes no sound away', () => {
  expect(silences(0, 'One.', 50)).toEqual([0, 220])
})

it('leaves pauses inside a sentence alone', () => {
  expect(silences(1000, 'One,')).toEqual([220, 220])
  expect(silences(0, 'One')).toEqual([220, 220])
  expect(silences(1000, '“好的！”')).toEqual([1020, 220])
})
