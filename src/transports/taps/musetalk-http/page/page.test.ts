import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { COLOURS } from './colours.js'
import { PAGE } from './page.js'

const colours = (css: string): string[] => css.match(/--[\w-]+: light-dark\([^)]+\)/g) ?? []

it('has the colours of the conversation page', async () => {
  const shared = await readFile(new URL('../../../../../web/style/colours.css', import.meta.url), 'utf8')
  expect(colours(COLOURS).length).toBeGreaterThan(10)
  expect(colours(COLOURS)).toEqual(colours(shared))
})

it('uses no colour that it has not', () => {
  const used = new Set(Array.from(PAGE.matchAll(/var\((--[\w-]+)\)/g), ([, name]) => name!))
  const known = new Set(Array.from(COLOURS.matchAll(/(--[\w-]+):/g), ([, name]) => name!))
  expect([...used].filter((name) => !known.has(name))).toEqual([])
})
