/** How signs that are not letters are read, for English and Mandarin. Tables only. */

interface Reading {
  readonly en: string
  readonly zh: string
}

/** Signs with a name of their own. What is in no table is not read. */
export const SYMBOLS: Readonly<Record<string, Reading>> = {
  '&': { en: 'and', zh: '和' },
  '<': { en: 'less than', zh: '小于' },
  '>': { en: 'greater than', zh: '大于' },
  '≤': { en: 'at most', zh: '小于等于' },
  '≥': { en: 'at least', zh: '大于等于' },
  '=': { en: 'equals', zh: '等于' },
  '≠': { en: 'is not', zh: '不等于' },
  '≈': { en: 'about', zh: '约等于' },
  '+': { en: 'plus', zh: '加' },
  '±': { en: 'plus or minus', zh: '正负' },
  '×': { en: 'times', zh: '乘' },
  '÷': { en: 'divided by', zh: '除以' },
  '√': { en: 'root', zh: '根号' },
  '∞': { en: 'infinity', zh: '无穷' },
  '@': { en: 'at', zh: '艾特' },
  '%': { en: 'percent', zh: '百分号' },
  '‰': { en: 'per mille', zh: '千分号' },
  '℃': { en: 'degrees Celsius', zh: '摄氏度' },
  '℉': { en: 'degrees Fahrenheit', zh: '华氏度' },
  '°': { en: 'degrees', zh: '度' },
  '§': { en: 'section', zh: '第' },
  '²': { en: 'squared', zh: '平方' },
  '³': { en: 'cubed', zh: '立方' },
  '½': { en: 'one half', zh: '二分之一' },
  '¼': { en: 'one quarter', zh: '四分之一' },
  '¾': { en: 'three quarters', zh: '四分之三' },
  $: { en: 'dollars', zh: '美元' },
  '€': { en: 'euros', zh: '欧元' },
  '£': { en: 'pounds', zh: '英镑' },
  '¥': { en: 'yuan', zh: '元' },
  '₹': { en: 'rupees', zh: '卢比' },
  '₩': { en: 'won', zh: '韩元' },
}

/** One unit of a currency in English, where it differs from several. */
export const SINGULAR: Readonly<Record<string, string>> = {
  $: 'dollar',
  '€': 'euro',
  '£': 'pound',
  '₹': 'rupee',
}

export const ENGLISH_MONTHS =
  'January February March April May June July August September October November December'.split(' ')

export const CHINESE_DIGITS = '零一二三四五六七八九'

/** Elements of HTML and SSML: as tags they are mark-up, which nobody says. Any other `<word>` is read as its word. */
export const MARKUP_ELEMENTS = new Set(
  (
    'a abbr address article aside audio b blockquote body br button caption center cite code dd del details div dl ' +
    'dt em figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label ' +
    'li link main mark meta nav ol option p pre q s samp script section select small span strong style sub summary ' +
    'sup svg table tbody td textarea tfoot th thead title tr tt u ul var video ' +
    'speak voice prosody emphasis break say-as phoneme lexicon metadata desc paragraph sentence w amazon:effect'
  ).split(' '),
)
