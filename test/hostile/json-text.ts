import type { Chance } from './chance.js'
import { HOSTILE_VALUES, INHERITED_NAMES } from './values.js'

/** What an honest message looks like, for the hostile ones that begin as one. */
export interface MessageShape {
  /** Messages that a server takes. */
  readonly honest: readonly Readonly<Record<string, unknown>>[]
  /** Every field that it knows. */
  readonly fields: readonly string[]
}

/** Texts that are no JSON, or JSON that hurts. */
const TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    '\0',
    'null',
    'true',
    '7',
    '-',
    '""',
    '"',
    '[]',
    '[',
    '{',
    '}',
    '{}',
    '{]',
    '{"":',
    '[1,]',
    "{'a':1}",
  ],
  ...[
    'NaN',
    '-Infinity',
    '1e999',
    '{"a":1}{"a":2}',
    '{"a":1,"a":2}',
    '\ufeff{}',
    '/* */{}',
    'undefined',
    '{"a":01}',
  ],
  ...[
    '['.repeat(20_000),
    '{"a":'.repeat(10_000),
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    '"\\ud800"',
    '"\\u00',
  ],
  ...[`"${'\\'.repeat(9_999)}`, `{"${'k'.repeat(30_000)}":1}`, '9'.repeat(30_000), 'GET / HTTP/1.1\r\n\r\n'],
]

/** A hostile text: an honest message with wrong values, one cut short or changed in places, or no message at all. */
export function hostileText(chance: Chance, { honest, fields }: MessageShape): string {
  if (chance.next() < 0.1) return chance.pick(TEXTS)
  const message: Record<string, unknown> = chance.next() < 0.8 ? { ...chance.pick(honest) } : {}
  for (let changes = chance.below(5); changes > 0; changes--) {
    const value = chance.pick(HOSTILE_VALUES)
    Object.defineProperty(message, chance.pick(fields), { value, enumerable: true, configurable: true })
  }
  if (chance.next() < 0.1) {
    const value = chance.pick<unknown>([message, ...HOSTILE_VALUES])
    const inherited = chance.pick(INHERITED_NAMES)
    return `{${JSON.stringify(inherited)}:${JSON.stringify(value)},${JSON.stringify(message).slice(1)}`
  }
  const text = JSON.stringify(message)
  switch (chance.below(10)) {
    case 0:
      return text.slice(0, chance.below(text.length))
    case 1: {
      const at = chance.below(text.length)
      return text.slice(0, at) + String.fromCharCode(chance.below(0x1_00_00)) + text.slice(at + 1)
    }
    default:
      return text
  }
}
