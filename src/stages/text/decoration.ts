import { EMOJI } from './clean.js'
import { MARKUP_ELEMENTS } from './symbols.js'

// What is written to be seen and not to be said.

const TAG = /<\/?([a-z][\w:-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))?)*)\s*\/?>/gi
const COMMENT = /<!--[^]*?-->/g
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}
const LINK = /\[([^\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*\)/g
const ADDRESS =
  /\b(?:https?|ftp):\/\/[^\s<>"“”。，、；！？（）《》]+|\bwww\.[^\s<>"“”。，、；！？（）《》]+/gi
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g
const EMOTICON = /(?<=^|\s)(?:[:;=][-'^o]?[()[\]DPpOo/\\|*3]+|<3+|[xX]D+|\^_*\^|-_+-|T_T)(?=$|[\s.,!?])/g
const EMPHASIS = /(?<![\p{L}\p{N}])[*_]+(?=\S)|(?<=\S)[*_]+(?![\p{L}\p{N}])|`+|\*{2,}|~{2,}/gu
const LINE_MARKS = /(?<=^|\s)(?:#{1,6}|[-*+•·>|]+|={3,}|-{3,}|_{3,})(?=\s|$)/g
const ARROWS = /\s*(?:[-=]+>|<-+(?!\d)|<={2,}|[→⇒➜←↔⇐])\s*/g

const COMPARISONS: Readonly<Record<string, string>> = { '<=': '≤', '>=': '≥', '!=': '≠' }

/** An address longer than this is read as its host alone. */
const LONGEST_PATH = 40

/**
 * Takes out what is there to be seen and not to be said: emoji, emoticons, tags, Markdown, the technical parts of
 * addresses. For all languages; apply before a text is cut into languages.
 */
export function withoutDecoration(text: string): string {
  return text
    .replace(COMMENT, ' ')
    .replace(TAG, (_tag, name: string) => (MARKUP_ELEMENTS.has(name.toLowerCase()) ? ' ' : ` ${name} `))
    .replace(
      /&(amp|lt|gt|quot|apos|nbsp);/gi,
      (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity,
    )
    .replace(LINK, ' $1 ')
    .replace(ADDRESS, spellAddress)
    .replace(EMAIL, (email) => email.replace('@', ' at ').replaceAll('.', ' dot '))
    .replace(EMOTICON, ' ')
    .replace(EMOJI, ' ')
    .replace(/[<>!]=(?![=>])/g, (sign) => COMPARISONS[sign] ?? sign)
    .replace(ARROWS, ', ')
    .replace(LINE_MARKS, keepArithmetic)
    .replace(EMPHASIS, '')
    .replace(/°\s?C\b/g, '℃')
    .replace(/°\s?F\b/g, '℉')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A sign on its own between two operands is arithmetic; anything else on its own is a bullet, a rule or a heading. */
function keepArithmetic(mark: string, offset: number, text: string): string {
  const isBetween =
    /[\p{L}\p{N})]\s$/u.test(text.slice(0, offset)) &&
    /^\s[\p{L}\p{N}(]/u.test(text.slice(offset + mark.length))
  if (!isBetween) return ' '
  if (mark === '*') return '×'
  if (mark === '-') return /\d\s$/.test(text.slice(0, offset)) ? '−' : ','
  return mark === '+' || mark === '>' ? mark : ','
}

function spellAddress(address: string): string {
  const trailing = /[.,;:!?)\]}'"]+$/.exec(address)?.[0] ?? ''
  const [host = '', ...path] = address
    .slice(0, address.length - trailing.length)
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/[?#].*$/, '')
    .split('/')
    .filter((part) => part !== '')
  const spoken = [host, ...(path.join('/').length <= LONGEST_PATH ? path : [])].join(' slash ')
  return ` ${spoken.replaceAll('.', ' dot ').replace(/[-_~%=&+]+/g, ' ')}${trailing} `
}
