/** Numbers as an American reader says them: no "and", no hyphens. All functions take digits as they are written. */

const BELOW_TWENTY = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ')
const TENS = ' ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const SCALES = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion', 'quintillion']
const LONGEST = 3 * SCALES.length

const IRREGULAR_ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
}

/** Every word that a number is made of, for those who want to know whether a word belongs to one. */
export const NUMBER_WORDS: ReadonlySet<string> = new Set(
  [...BELOW_TWENTY, ...TENS, ...SCALES, 'hundred', 'oh'].filter((word) => word !== ''),
)

/** A whole number: "1,204" → "one thousand two hundred four". One that is too long is read digit by digit. */
export function cardinal(written: string): string {
  const digits = written.replace(/\D/g, '').replace(/^0+(?=\d)/, '')
  if (digits.length > LONGEST) return oneByOne(digits)
  if (digits === '' || digits === '0') return 'zero'
  const words: string[] = []
  for (let start = digits.length % 3 || 3, from = 0; from < digits.length; from = start, start += 3) {
    const group = Number(digits.slice(from, start))
    if (group === 0) continue
    words.push(belowThousand(group), SCALES[(digits.length - start) / 3] ?? '')
  }
  return words.filter((word) => word !== '').join(' ')
}

/** "21" → "twenty first". */
export function ordinal(written: string): string {
  const words = cardinal(written).split(' ')
  const last = words.pop() ?? ''
  const ending = IRREGULAR_ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`)
  return [...words, ending].join(' ')
}

/** "1,204.50" → "one thousand two hundred four point five zero"; ".5" → "point five". */
export function decimal(written: string): string {
  const [whole = '', fraction] = written.split('.')
  if (fraction === undefined || fraction === '') return cardinal(whole)
  return `${whole === '' ? '' : `${cardinal(whole)} `}point ${oneByOne(fraction)}`
}

/** "007" → "zero zero seven". */
export function oneByOne(digits: string): string {
  return digits.replace(/\D/g, '').split('').map(cardinal).join(' ')
}

/** Four digits in the way of years: "1984" → "nineteen eighty four", "2005" → "two thousand five". */
export function year(digits: string): string {
  const first = digits.slice(0, 2)
  const last = digits.slice(2)
  if (digits.length !== 4 || first.startsWith('0') || digits.slice(1, 3) === '00') return cardinal(digits)
  if (last === '00') return `${cardinal(first)} hundred`
  return `${cardinal(first)} ${last.startsWith('0') ? 'oh ' : ''}${cardinal(last)}`
}

/** "nineteen eighty" → "nineteen eighties", "two thousand" → "two thousands". */
export function decade(digits: string): string {
  const words = digits.length === 4 ? year(digits) : cardinal(digits)
  return words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`
}

function belowThousand(value: number): string {
  const hundreds = Math.floor(value / 100)
  const rest = value % 100
  const words = hundreds === 0 ? [] : [belowTwenty(hundreds), 'hundred']
  if (rest >= 20) words.push(TENS[Math.floor(rest / 10)] ?? '', rest % 10 === 0 ? '' : belowTwenty(rest % 10))
  else if (rest > 0) words.push(belowTwenty(rest))
  return words.filter((word) => word !== '').join(' ')
}

function belowTwenty(value: number): string {
  return BELOW_TWENTY[value] ?? ''
}
