import { expect, it } from 'vitest'
import { CreationReader } from './creation-reader.js'

const avatar = { id: 'anna', kind: 'portrait' as const }
const lines = [
  { type: 'progress', phase: 'frames', done: 1, total: 4 },
  { type: 'warning', message: '2 faces' },
  { type: 'something-new' },
  { type: 'progress', phase: 'storing', done: 0, total: 1 },
  { type: 'avatar', avatar },
]

it('reads the lines of an answer that grows by any pieces', () => {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  for (const piece of [1, 7, 60, text.length]) {
    const steps: string[] = []
    const reader = new CreationReader(({ phase, done, total }) => steps.push(`${phase} ${done}/${total}`))
    for (let length = piece; length < text.length; length += piece) reader.take(text.slice(0, length))
    expect(reader.end).toBeUndefined()
    reader.take(text)
    expect(steps).toEqual(['frames 1/4', 'storing 0/1'])
    expect(reader.end).toEqual({ avatar, warnings: ['2 faces'] })
  }
})

it('ends with what went wrong', () => {
  const reader = new CreationReader(() => undefined)
  reader.take(`${JSON.stringify({ type: 'error', error: { message: 'No face was found.' } })}\n`)
  expect(reader.end).toEqual({ problem: 'No face was found.' })
})
