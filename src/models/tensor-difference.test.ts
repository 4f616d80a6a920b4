import { expect, it } from 'vitest'
import { tensorDifferences, type Declared, type GraphTensors } from './tensor-difference.js'

const audio: Declared = { name: 'audio', type: 'float32', shape: ['batch', 'samples'] }
const weights: Declared = { name: 'weights', type: 'float32', shape: ['batch', 'frames', 52] }
const declared: GraphTensors = { inputs: [audio], outputs: [weights] }

/** What is said of a graph with such an output. */
const withOutput = (output: Partial<Declared>): string[] =>
  tensorDifferences(declared, { inputs: [audio], outputs: [{ ...weights, ...output }] })

it('does not mind what a dimension that varies is called, nor the order', () => {
  const text: Declared = { name: 'text', type: 'string', shape: [] }
  expect(
    tensorDifferences(
      { inputs: [audio, text], outputs: [weights] },
      { inputs: [text, { ...audio, shape: ['n', -1] }], outputs: [weights] },
    ),
  ).toEqual([])
})

it.each<[string, Partial<Declared>, string]>([
  [
    'another size',
    { shape: ['batch', 'frames', 51] },
    'its output is weights: float32 [batch, frames, 51] instead',
  ],
  [
    'a fixed size that should vary',
    { shape: [1, 'frames', 52] },
    'float32 [1, frames, 52] instead of weights',
  ],
  ['one that varies and should not', { shape: ['batch', 'frames', 'n'] }, '[batch, frames, n] instead of'],
  ['fewer dimensions', { shape: ['frames', 52] }, 'weights: float32 [frames, 52] instead of weights'],
  ['another type', { type: 'float16' }, 'weights: float16 [batch, frames, 52] instead of weights: float32'],
])('tells %s', (_, output, words) => {
  expect(withOutput(output)).toEqual([expect.stringContaining(words)])
})

it('tells what is missing and what is there besides', () => {
  expect(withOutput({ name: 'logits' })).toEqual([
    'it has no output weights: float32 [batch, frames, 52]',
    'its output logits: float32 [batch, frames, 52] is not in model.json',
  ])
  expect(tensorDifferences({ inputs: [], outputs: [] }, declared)).toHaveLength(2)
})
