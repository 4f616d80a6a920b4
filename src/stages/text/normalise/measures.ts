import { decimal } from './number-words.js'
import { anyOf, type Rule } from './rule.js'

/** Units of measure behind a number: one and several. */
const UNITS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  km: ['kilometer', 'kilometers'],
  m: ['meter', 'meters'],
  cm: ['centimeter', 'centimeters'],
  mm: ['millimeter', 'millimeters'],
  µm: ['micrometer', 'micrometers'],
  nm: ['nanometer', 'nanometers'],
  kg: ['kilogram', 'kilograms'],
  g: ['gram', 'grams'],
  mg: ['milligram', 'milligrams'],
  µg: ['microgram', 'micrograms'],
  lb: ['pound', 'pounds'],
  lbs: ['pound', 'pounds'],
  oz: ['ounce', 'ounces'],
  ft: ['foot', 'feet'],
  yd: ['yard', 'yards'],
  mi: ['mile', 'miles'],
  l: ['liter', 'liters'],
  L: ['liter', 'liters'],
  ml: ['milliliter', 'milliliters'],
  mL: ['milliliter', 'milliliters'],
  'sq ft': ['square foot', 'square feet'],
  'sq mi': ['square mile', 'square miles'],
  'm²': ['square meter', 'square meters'],
  'm³': ['cubic meter', 'cubic meters'],
  'km²': ['square kilometer', 'square kilometers'],
  'km/h': ['kilometer per hour', 'kilometers per hour'],
  kph: ['kilometer per hour', 'kilometers per hour'],
  kmh: ['kilometer per hour', 'kilometers per hour'],
  mph: ['mile per hour', 'miles per hour'],
  'm/s': ['meter per second', 'meters per second'],
  rpm: ['revolution per minute', 'revolutions per minute'],
  h: ['hour', 'hours'],
  hr: ['hour', 'hours'],
  hrs: ['hour', 'hours'],
  min: ['minute', 'minutes'],
  mins: ['minute', 'minutes'],
  s: ['second', 'seconds'],
  sec: ['second', 'seconds'],
  secs: ['second', 'seconds'],
  ms: ['millisecond', 'milliseconds'],
  µs: ['microsecond', 'microseconds'],
  Hz: ['hertz', 'hertz'],
  KHz: ['kilohertz', 'kilohertz'],
  kHz: ['kilohertz', 'kilohertz'],
  MHz: ['megahertz', 'megahertz'],
  GHz: ['gigahertz', 'gigahertz'],
  kB: ['kilobyte', 'kilobytes'],
  KB: ['kilobyte', 'kilobytes'],
  MB: ['megabyte', 'megabytes'],
  GB: ['gigabyte', 'gigabytes'],
  TB: ['terabyte', 'terabytes'],
  Mbps: ['megabit per second', 'megabits per second'],
  Gbps: ['gigabit per second', 'gigabits per second'],
  W: ['watt', 'watts'],
  kW: ['kilowatt', 'kilowatts'],
  MW: ['megawatt', 'megawatts'],
  kWh: ['kilowatt hour', 'kilowatt hours'],
  mAh: ['milliamp hour', 'milliamp hours'],
  V: ['volt', 'volts'],
  dB: ['decibel', 'decibels'],
  kcal: ['kilocalorie', 'kilocalories'],
  fps: ['frame per second', 'frames per second'],
  px: ['pixel', 'pixels'],
  '%': ['percent', 'percent'],
  '°C': ['degree Celsius', 'degrees Celsius'],
  '℃': ['degree Celsius', 'degrees Celsius'],
  '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '℉': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '°': ['degree', 'degrees'],
}

/** Letters that are more often a name than a unit behind a whole number and a space: "plan 5 s", "size 5 L". */
const NAMES = new Set(['s', 'L', 'l'])

const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)`

/** Numbers with a unit, ranges of them, feet and inches. */
export const MEASURE_RULES: readonly Rule[] = [
  {
    written: /\/(?=(?:second|minute|hour|day|night|week|month|year|person|user|mile|unit)s?\b)/g,
    say: () => ' per ',
  },
  {
    written: /(?<![\w.])(\d+)\s?(?:ft\.?|'|′)\s?(\d+)\s?(?:in\b\.?|"|″)/g,
    say: (_all, feet = '', inches = '') =>
      `${decimal(feet)} ${feet === '1' ? 'foot' : 'feet'} ${decimal(inches)} ${inches === '1' ? 'inch' : 'inches'}`,
  },
  {
    written: new RegExp(
      `(?<![\\w.,])${NUMBER}\\s?[-–]\\s?${NUMBER}(\\s?)(${anyOf(Object.keys(UNITS))})(?![\\w²³])`,
      'g',
    ),
    say: (all, from = '', to = '', space = '', unit = '') =>
      isName(to, space, unit) ? all : `${decimal(from)} to ${decimal(to)} ${UNITS[unit]?.[1] ?? unit}`,
  },
  {
    written: new RegExp(
      `(?<![\\w.,])([-−+])?${NUMBER}([\\s-]?)(${anyOf(Object.keys(UNITS))})(?![\\w²³/])(\\.(?=,|\\s\\p{Ll}))?`,
      'gu',
    ),
    say: (all, sign = '', number = '', space = '', unit = '') => {
      if (isName(number, space, unit)) return all
      const several = number === '1' || space === '-' ? 0 : 1
      const minus = sign === '' ? '' : sign === '+' ? 'plus ' : 'minus '
      return `${minus}${decimal(number)} ${UNITS[unit]?.[several] ?? unit}`
    },
  },
]

function isName(number: string, space: string, unit: string): boolean {
  return space !== '' && NAMES.has(unit) && !number.includes('.')
}
