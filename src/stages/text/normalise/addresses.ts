import { oneByOne } from './number-words.js'
import type { Rule } from './rule.js'

/** Endings of host names that are written without `https://` too. */
const HOST = /\.(?:com|org|net|edu|gov|io|dev|ai|co|uk|de|fr|eu|us|info|app|tv|me)$/i

/** A path longer than this is not read. */
const LONGEST_PATH = 40

/** What follows a host up to the next space. */
const REST = String.raw`((?:[/:?#][^\s<>"“”]*)?)`

/** E-mail and web addresses, file names, user names. */
export const ADDRESS_RULES: readonly Rule[] = [
  {
    written: /(?<![\w.+-])([\w+-]+(?:\.[\w+-]+)*)@([\w-]+(?:\.[\w-]+)+)/g,
    say: (_all, user = '', host = '') => `${spoken(user)} at ${spoken(host)}`,
  },
  {
    written: new RegExp(String.raw`(?<!\w)(?:https?|ftp):\/\/(?:www\.)?([\w-]+(?:\.[\w-]+)*)${REST}`, 'gi'),
    say: (_all, host = '', rest = '') => addressOf(host, rest),
  },
  {
    written: new RegExp(String.raw`(?<![\w@.-])(www\.)?([a-z\d-]+(?:\.[a-z\d-]+)+)${REST}`, 'gi'),
    say: (all, www = '', host = '', rest = '') =>
      www !== '' || HOST.test(host) ? addressOf(host, rest) : all,
  },
  { written: /(?<!\w)@(?=\p{L})/gu, say: () => 'at ' },
  { written: /(?<=^|\s)\.(?=\p{L})/gu, say: () => 'dot ' },
  // Node.js, report.pdf: a point inside a word that no sentence begins behind.
  { written: /(?<=\p{L}{2})\.(?=\p{Ll}{2,4}\b)/gu, say: () => ' dot ' },
]

function addressOf(host: string, rest: string): string {
  const trailing = /[.,;:!?)\]}'"]+$/.exec(rest)?.[0] ?? ''
  const path = rest.slice(0, rest.length - trailing.length).replace(/[?#].*$/, '')
  const parts = path.length <= LONGEST_PATH ? path.split('/').filter((part) => part !== '') : []
  return [host, ...parts].map(spoken).join(' slash ') + trailing
}

function spoken(part: string): string {
  return part
    .replace(/\d+/g, (digits) => ` ${digits.length > 2 ? oneByOne(digits) : digits} `)
    .replaceAll('.', ' dot ')
    .replaceAll('_', ' underscore ')
    .replaceAll('-', ' dash ')
    .replaceAll('+', ' plus ')
    .replace(/[^\p{L}\p{M}\d' ]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
