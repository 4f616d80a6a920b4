import { describe, expect, it } from 'vitest'
import { JsonTable } from './json-table.js'

function tableOf(value: unknown, indent?: number): JsonTable {
  return new JsonTable(new TextEncoder().encode(JSON.stringify(value, null, indent)))
}

describe('JsonTable', () => {
  it.each([undefined, 2])('finds values of every kind in place, with indent %s', (indent) => {
    const object = {
      text: 'ˈæpᵊl',
      'quote"d': 'a "quoted" \\ value',
      'back\\slash': null,
      nested: { list: [1, [2, '}']], brace: '{"' },
      number: -1.5e3,
      é: true,
      '': 'empty',
    }
    const table = tableOf(object, indent)
    for (const [key, value] of Object.entries(object)) {
      expect(table.has(key)).toBe(true)
      expect(table.get(key)).toEqual(value)
    }
    expect(new JsonTable(table.bytesOf('nested')!).get('list')).toEqual([1, [2, '}']])
  })

  it.each(['tex', 'text2', 'list', 'constructor', '__proto__', 'x'.repeat(10_000), 'é'])(
    'has no %.20s',
    (key) => {
      const table = tableOf({ text: 1, nested: { list: 2 } })
      expect(table.has(key)).toBe(false)
      expect(table.get(key)).toBeUndefined()
      expect(table.bytesOf(key)).toBeUndefined()
    },
  )

  it('holds as many keys as there are', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `word${index}`)
    const table = tableOf(Object.fromEntries(keys.map((key) => [key, key.length])))
    expect(keys.every((key) => table.get(key) === key.length)).toBe(true)
    expect(table.has('word20000')).toBe(false)
  })

  it('is empty for an empty object', () => {
    expect(tableOf({}).has('a')).toBe(false)
  })

  it.each(['', '[]', '{"a":1', '{"a"', '{"a" 1}', 'null'])('refuses %j', (text) => {
    expect(() => new JsonTable(new TextEncoder().encode(text))).toThrow(SyntaxError)
  })
})
