import { anyOf, type Rule } from './rule.js'

/** In front of a name. */
const TITLES: Readonly<Record<string, string>> = {
  'Mr.': 'Mr',
  'Mrs.': 'Mrs',
  'Ms.': 'Ms',
  'Dr.': 'Doctor',
  'Prof.': 'Professor',
  'St.': 'Saint',
  'Mt.': 'Mount',
  'Ft.': 'Fort',
  'Gen.': 'General',
  'Gov.': 'Governor',
  'Sen.': 'Senator',
  'Rep.': 'Representative',
  'Capt.': 'Captain',
  'Lt.': 'Lieutenant',
  'Col.': 'Colonel',
  'Sgt.': 'Sergeant',
  'Rev.': 'Reverend',
  'Hon.': 'Honorable',
  'Pres.': 'President',
  'Fr.': 'Father',
}

/** In front of a number. */
const COUNTED: Readonly<Record<string, string>> = {
  'No.': 'number',
  'no.': 'number',
  'Nos.': 'numbers',
  'nos.': 'numbers',
  'vol.': 'volume',
  'Vol.': 'volume',
  'fig.': 'figure',
  'Fig.': 'figure',
  'figs.': 'figures',
  'ch.': 'chapter',
  'Ch.': 'chapter',
  'p.': 'page',
  'pp.': 'pages',
  'eq.': 'equation',
  'sec.': 'section',
  'Sec.': 'section',
  'ext.': 'extension',
  'Apt.': 'apartment',
}

/** Anywhere. */
const GENERAL: Readonly<Record<string, string>> = {
  'Mr.': 'Mr',
  'Mrs.': 'Mrs',
  'Ms.': 'Ms',
  'Dr.': 'Drive',
  'St.': 'Street',
  'Ave.': 'Avenue',
  'Blvd.': 'Boulevard',
  'Rd.': 'Road',
  'Ln.': 'Lane',
  'Hwy.': 'Highway',
  'Jr.': 'Junior',
  'Sr.': 'Senior',
  'Ltd.': 'Limited',
  'Inc.': 'Incorporated',
  'Corp.': 'Corporation',
  'Co.': 'Company',
  'Bros.': 'Brothers',
  'Dept.': 'Department',
  'dept.': 'department',
  'Univ.': 'University',
  'Assn.': 'Association',
  'govt.': 'government',
  'Govt.': 'Government',
  'approx.': 'approximately',
  'est.': 'established',
  'vs.': 'versus',
  'etc.': 'etcetera',
  'Esq.': 'Esquire',
  'e.g.': 'for example',
  'i.e.': 'that is',
  'cf.': 'compare',
  'et al.': 'et al',
  'ed.': 'edition',
  'eds.': 'editors',
  'hr.': 'hour',
  'hrs.': 'hours',
  'min.': 'minimum',
  'max.': 'maximum',
  'misc.': 'miscellaneous',
  'w/o': 'without',
  'w/': 'with',
}

/** Words without a full stop that are said in full. */
const WORDS: Readonly<Record<string, string>> = {
  vs: 'versus',
  aka: 'also known as',
  btw: 'by the way',
  BTW: 'by the way',
  AKA: 'also known as',
  IMO: 'in my opinion',
  TBD: 'to be determined',
}

/** A full stop that also ended the sentence stays. */
const AT_END = String.raw`(?:(\s*["')\]]*\s*$)|)`

/** Abbreviations of English prose, each where it is one. */
export const ABBREVIATION_RULES: readonly Rule[] = [
  {
    written: new RegExp(`(?<![\\p{L}\\d.])(${anyOf(Object.keys(TITLES))})(?=\\s?\\p{Lu})`, 'gu'),
    say: (_all, short = '') => TITLES[short] ?? short,
  },
  {
    written: new RegExp(`(?<![\\p{L}\\d.])(${anyOf(Object.keys(COUNTED))})\\s?(?=\\d|[IVXL]{2,}\\b)`, 'gu'),
    say: (_all, short = '') => `${COUNTED[short] ?? short} `,
  },
  {
    written: new RegExp(`(?<![\\p{L}\\d.])(${anyOf(Object.keys(GENERAL))})${AT_END}`, 'gu'),
    say: (_all, short = '', end?: string) => {
      if (short.startsWith('w/')) return `${GENERAL[short] ?? short} ${end ?? ''}`
      return `${GENERAL[short] ?? short}${end === undefined ? '' : `.${end}`}`
    },
  },
  {
    written: new RegExp(`(?<![\\p{L}\\d.'-])(${anyOf(Object.keys(WORDS))})(?![\\p{L}\\d'-])`, 'gu'),
    say: (_all, short = '') => WORDS[short] ?? short,
  },
]
