import { expect, it } from 'vitest'
import { withProgress } from './avatar-progress.js'
import type { Terminal } from './terminal.js'

/** A terminal that keeps what it is shown. */
function notedTerminal(): { readonly terminal: Terminal; readonly shown: string[] } {
  const shown: string[] = []
  const terminal: Terminal = {
    print: (line) => shown.push(line),
    note: (line) => shown.push(line),
    progress: (title) => {
      shown.push(`${title}: begins`)
      return {
        update: (done, expected) => shown.push(`${title}: ${done} of ${expected} s`),
        end: () => shown.push(`${title}: ends`),
      }
    },
  }
  return { terminal, shown }
}

it('has a bar for each time that a video is gone through, and warnings after the last', async () => {
  const { terminal, shown } = notedTerminal()
  const made = await withProgress(terminal, 'anna', new AbortController().signal, (observer) => {
    observer.onProgress?.({ phase: 'frames', done: 25, total: 50, fps: 25 })
    observer.onWarning?.('2 faces were found')
    observer.onProgress?.({ phase: 'storing', done: 0, total: 1 })
    observer.onProgress?.({ phase: 'latents', done: 0, total: 50 })
    observer.onProgress?.({ phase: 'latents', done: 50, total: 50, fps: 25 })
    return Promise.resolve('anna')
  })
  expect(made).toBe('anna')
  expect(shown).toEqual([
    'anna: begins',
    'anna: 1 of 2 s',
    'anna: ends',
    'anna, mouth: begins',
    'anna, mouth: 2 of 2 s',
    'anna, mouth: ends',
    'Warning: 2 faces were found',
  ])
})

it('has none for a photo, of which there is nothing to count', async () => {
  const { terminal, shown } = notedTerminal()
  await withProgress(terminal, 'anna', new AbortController().signal, (observer) => {
    for (const phase of ['reading', 'finding', 'storing', 'latents'] as const) {
      observer.onProgress?.({ phase, done: 0, total: 1 })
    }
    observer.onProgress?.({ phase: 'latents', done: 1, total: 1, fps: 25 })
    return Promise.resolve()
  })
  expect(shown).toEqual([])
})
