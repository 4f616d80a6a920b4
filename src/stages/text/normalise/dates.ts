import { cardinal, decade, ordinal, year } from './number-words.js'
import { anyOf, type Rule } from './rule.js'

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)
const MONTH_OF = new Map<string, string>([
  ...MONTHS.map((month): [string, string] => [month, month]),
  ...MONTHS.filter((month) => month.length > 3).map((month): [string, string] => [month.slice(0, 3), month]),
  ['Sept', 'September'],
])
const WEEKDAY_OF = new Map<string, string>([
  ['Mon', 'Monday'],
  ['Tue', 'Tuesday'],
  ['Tues', 'Tuesday'],
  ['Wed', 'Wednesday'],
  ['Thu', 'Thursday'],
  ['Thur', 'Thursday'],
  ['Thurs', 'Thursday'],
  ['Fri', 'Friday'],
  ['Sat', 'Saturday'],
  ['Sun', 'Sunday'],
])

const SHORT_MONTHS = [...MONTH_OF].filter(([name, month]) => name !== month).map(([name]) => name)
/** The point of a month that is cut short belongs to it. */
const MONTH = `(${anyOf(MONTHS)}|(?:${anyOf(SHORT_MONTHS)})(?:\\.(?!\\s*$)|\\b))`
const DAY = String.raw`(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?`
const YEAR = String.raw`([1-9]\d{3})`

function monthOf(written: string): string {
  const name = written.charAt(0).toUpperCase() + written.slice(1).toLowerCase().replace('.', '')
  return MONTH_OF.get(name) ?? written
}

function dateOf(month: string, day: string, inYear: string): string {
  const said = `${monthOf(month)} ${ordinal(day)}`
  return inYear === '' ? said : `${said}, ${year(inYear)}`
}

function numericDate(whole: string, month: string, day: string, inYear: string): string {
  const name = MONTHS[Number(month) - 1]
  if (name !== undefined && Number(day) >= 1 && Number(day) <= 31) return dateOf(name, day, inYear)
  const swapped = MONTHS[Number(day) - 1]
  return swapped !== undefined && Number(month) <= 31 ? dateOf(swapped, month, inYear) : whole
}

/** Times of the day, dates, decades, the names of months and days cut short. */
export const DATE_RULES: readonly Rule[] = [
  {
    written: /(\d\s?[ap]\.?m\.?|\d:[0-5]\d)\s?[-–]\s?(?=\d{1,2}(?::[0-5]\d|\s?[ap]\.?m))/gi,
    say: (_all, from = '') => `${from} to `,
  },
  {
    written: /(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])(?:\s?([ap])\.?\s?m\b\.?)?/gi,
    say: (_all, hour = '', minute = '', second = '', half = '') => {
      const seconds = second === '' ? '' : ` and ${cardinal(second)} seconds`
      const part = half === '' ? '' : ` ${half.toLowerCase()}.m.`
      return `${cardinal(hour)}${minutesOf(minute, part !== '' || second !== '')}${seconds}${part}`
    },
  },
  {
    written: /\b(1[0-2]|0?[1-9])\s?([ap])\.?\s?m\b\.?/gi,
    say: (_all, hour = '', half = '') => `${cardinal(hour)} ${half.toLowerCase()}.m.`,
  },
  {
    written: /(?<![\d/-])([1-9]\d{3})([-/])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![\d/-])/g,
    say: (all, inYear = '', _separator, month = '', day = '') => numericDate(all, month, day, inYear),
  },
  {
    written: /(?<![\d/.-])(\d{1,2})([-/.])(\d{1,2})\2([12]\d{3})(?![\d/-])/g,
    say: (all, first = '', separator = '', second = '', inYear = '') =>
      separator === '.' ? numericDate(all, second, first, inYear) : numericDate(all, first, second, inYear),
  },
  {
    written: new RegExp(`\\b${MONTH}\\s${DAY}\\s?[-–]\\s?${DAY}(?![\\d:/-])`, 'g'),
    say: (_all, month = '', from = '', to = '') => `${monthOf(month)} ${ordinal(from)} to ${ordinal(to)}`,
  },
  {
    written: new RegExp(`\\b${MONTH}\\s${DAY}(?:,?\\s${YEAR})?(?![\\d:])(?!\\s?[ap]\\.?m)`, 'g'),
    say: (_all, month = '', day = '', inYear = '') => dateOf(month, day, inYear),
  },
  {
    written: new RegExp(`(the\\s)?\\b${DAY}(?:\\sof)?\\s${MONTH}(?:,?\\s${YEAR})?(?![\\w:])`, 'gi'),
    say: (_all, _the, day = '', month = '', inYear = '') => {
      return `the ${ordinal(day)} of ${monthOf(month)}${inYear === '' ? '' : ` ${year(inYear)}`}`
    },
  },
  {
    written: new RegExp(`\\b${MONTH},?\\s${YEAR}(?!\\d)`, 'g'),
    say: (_all, month = '', inYear = '') => `${monthOf(month)} ${year(inYear)}`,
  },
  {
    written: new RegExp(`\\b(${anyOf(SHORT_MONTHS)})\\.(?=\\s\\S|,)`, 'g'),
    say: (_all, month = '') => MONTH_OF.get(month) ?? month,
  },
  {
    written: new RegExp(`\\b(${anyOf(WEEKDAY_OF.keys())})\\.(?=\\s\\S|,)`, 'g'),
    say: (_all, day = '') => WEEKDAY_OF.get(day) ?? day,
  },
  {
    written: /(?<![\d.,])'?([1-9]\d{2}0|[1-9]0)'?s\b/g,
    say: (_all, digits = '') => decade(digits),
  },
]

function minutesOf(minute: string, isExact: boolean): string {
  if (minute === '00') return isExact ? '' : " o'clock"
  return minute.startsWith('0') ? ` oh ${cardinal(minute)}` : ` ${cardinal(minute)}`
}
