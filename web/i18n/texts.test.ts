import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { CHINESE, ENGLISH } from './texts.js'

it('says everything in both languages', () => {
  expect(Object.keys(CHINESE).sort()).toEqual(Object.keys(ENGLISH).sort())
  for (const text of [...Object.values(ENGLISH), ...Object.values(CHINESE)]) expect(text.trim()).not.toBe('')
})

it('has every text that the page names', async () => {
  const page = await readFile(new URL('../index.html', import.meta.url), 'utf8')
  const named = [...page.matchAll(/data-(?:text|label|hint|title)="(\w+)"/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((name) => !Object.hasOwn(ENGLISH, name!))).toEqual([])
})
