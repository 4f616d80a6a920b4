import { describe, expect, it } from 'vitest'
import { createFrontEnd } from './front-end.js'

const LETTERS = {
  ...{ A: 'ˈA', B: 'bˈi', C: 'sˈi', D: 'dˈi', E: 'ˈi', F: 'ˈɛf', G: 'ʤˈi', H: 'ˈAʧ', I: 'ˈI', K: 'kˈA' },
  ...{
    L: 'ˈɛl',
    N: 'ˈɛn',
    O: 'ˈO',
    P: 'pˈi',
    R: 'ˈɑɹ',
    S: 'ˈɛs',
    T: 'tˈi',
    U: 'jˈu',
    W: 'dˈʌbᵊlju',
    X: 'ˈɛks',
  },
}

const GOLD = {
  ...LETTERS,
  ...{
    and: 'ænd',
    at: 'æt',
    he: 'hi',
    it: 'ɪt',
    is: 'ɪz',
    of: 'ʌv',
    on: 'ˌɔn',
    that: { DEFAULT: 'ðæt', DT: 'ðˈæt' },
  },
  ...{
    apple: 'ˈæpᵊl',
    pear: 'pˈɛɹ',
    box: 'bˈɑks',
    cat: 'kˈæt',
    dog: 'dˈɔɡ',
    walk: 'wˈɔk',
    wait: 'wˈAt',
    stop: 'stˈɑp',
  },
  ...{
    have: { DEFAULT: 'hæv', None: 'hˈæv' },
    read: { DEFAULT: 'ɹˈid', VBD: 'ɹˈɛd' },
    hope: 'hˈOp',
    try: 'tɹˈI',
  },
  ...{
    record: { DEFAULT: 'ɹˈɛkəɹd', VERB: 'ɹəkˈɔɹd' },
    use: { DEFAULT: 'jˈuz' },
    used: { DEFAULT: 'jˈuzd', VBD: 'jˈust' },
  },
  ...{
    well: 'wˈɛl',
    known: 'nˈOn',
    'mother-in-law': 'mˈʌðəɹənlˌɔ',
    bottle: 'bˈɑɾᵊl',
    button: 'bˈʌʔn',
    loud: 'lˈWd',
  },
  ...{
    Smith: 'smˈɪθ',
    NASA: 'nˈæsə',
    US: { DEFAULT: 'ˌʌs', NOUN: null },
    go: 'ɡˈO',
    "don't": 'dˈOnt',
    two: 'tˈu',
    three: 'θɹˈi',
  },
  ...{
    point: 'pˈYnt',
    side: 'sˈId',
    going: 'ɡˈOɪŋ',
    git: 'ɡˈɪt',
    hub: 'hˈʌb',
    re: 'ɹˌA',
    in: 'ɪn',
    to: 'tu',
    four: 'fˈɔɹ',
  },
}

const SILVER = { cafe: 'kæfˈA', wombat: 'wˈɑmbæt' }

const TAGS = {
  ...{
    a: 'DT',
    A: 'DT',
    the: 'DT',
    The: 'DT',
    to: 'TO',
    To: 'TO',
    in: 'IN',
    In: 'IN',
    I: 'PRP',
    he: 'PRP',
    He: 'PRP',
  },
  ...{
    US: 'NNP',
    NASA: 'NNP',
    FBI: 'NNP',
    FBIs: 'NNS',
    read: 'VBD',
    record: 'NN',
    used: 'VBD',
    that: 'IN',
    up: 'RP',
  },
}

const SYMBOLS = ' .,!?:;—…()ˈˌAIOQTWYabdefhijklmnpstuvwzæðŋɐɑɔəɛɜɡɪɹʃʊʌʒʤʧθᵊᵻ'

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

const frontEnd = createFrontEnd({
  goldLexicon: bytesOf(GOLD),
  silverLexicon: bytesOf(SILVER),
  tagger: bytesOf({
    tags: ['NN', 'VB', 'IN', 'RP'],
    tagdict: TAGS,
    vocab: ['dog'],
    weights: { b: { NN: 1 } },
  }),
  vocabulary: bytesOf(Object.fromEntries(Array.from(SYMBOLS, (symbol, index) => [symbol, index + 1]))),
})

function reads(cases: readonly (readonly [text: string, phonemes: string])[]): void {
  it.each(cases)('%s', (text, phonemes) => {
    expect(frontEnd.read(text)).toEqual({ phonemes, unknown: [] })
  })
}

describe('words', () => {
  reads([
    ['apple and pear', 'ˈæpᵊl ænd pˈɛɹ'],
    ['Apple', 'ˈæpᵊl'],
    ['wombat', 'wˈɑmbæt'],
    ['café', 'kæfˈA'],
    ['bottle, button', 'bˈɑTᵊl, bˈʌtn'],
    ['cats, dogs, boxes', 'kˈæts, dˈɔɡz, bˈɑksᵻz'],
    ['walked, waited, stopped, tried', 'wˈɔkt, wˈATᵻd, stˈɑpt, tɹˈId'],
    ['walking, waiting, stopping, hoping', 'wˈɔkɪŋ, wˈATɪŋ, stˈɑpɪŋ, hˈOpɪŋ'],
    ["dog's, dogs', Smith's", 'dˈɔɡz, dˈɔɡz, smˈɪθs'],
    ["don't, goin'", 'dˈOnt, ɡˈOɪn'],
    ["'apple'", 'ˈæpᵊl'],
  ])
})

describe('words of grammar', () => {
  reads([
    ['the apple, the pear', 'ði ˈæpᵊl, ðə pˈɛɹ'],
    ['the "apple"', 'ði ˈæpᵊl'],
    ['go to it, go to two, go to.', 'ɡˈO tʊ ɪt, ɡˈO tə tˈu, ɡˈO tu.'],
    ['walk in a box, walk in.', 'wˈɔk ɪn ɐ bˈɑks, wˈɔk ˈɪn.'],
    ['I have it. I have.', 'ˌI hæv ɪt. ˌI hˈæv.'],
    ['He is', 'hˌi ɪz'],
    ['he used to walk, he used it', 'hi jˈust tə wˈɔk, hi jˈuzd ɪt'],
    ['he read that', 'hi ɹˈɛd ðæt'],
    ['the record', 'ðə ɹˈɛkəɹd'],
  ])
})

describe('capitals and abbreviations', () => {
  reads([
    ['NASA and the FBI', 'nˈæsə ænd ði ˌɛfbˌiˈI'],
    ['FBIs', 'ˌɛfbˌiˈIz'],
    ['the US', 'ðə jˌuˈɛs'],
    ['U.S. cats', 'jˌuˈɛs kˈæts'],
    ['in the U.S.', 'ɪn ðə jˌuˈɛs.'],
    ['IT IS LOUD', 'ɪt ɪz lˈWd'],
    ['it IS loud', 'ɪt ˈɪz lˈWd'],
    ['GitHub', 'ɡˌɪthˈʌb'],
  ])
})

describe('compounds', () => {
  reads([
    ['well-known', 'wˌɛlnˈOn'],
    ['mother-in-law', 'mˈʌðəɹənlˌɔ'],
    ['B-side', 'bˈisˌId'],
    ['re-read', 'ɹˌiɹˈɛd'],
  ])
})

describe('punctuation', () => {
  reads([
    ['cat… dog — [cat]!', 'kˈæt… dˈɔɡ — (kˈæt)!'],
    ['  cat   dog  ', 'kˈæt dˈɔɡ'],
    ['two point three, that point of', 'tˈu pYnt θɹˈi, ðæt pˈYnt ʌv'],
    ['?!', ''],
    ['a', 'ɐ'],
    ['', ''],
    ['中文', ''],
  ])
})

describe('unknown words', () => {
  it('are asked for as they are written, and spelled when nobody knows', () => {
    const asked: string[] = []
    const reading = frontEnd.read("the Blüp's cat", (word) => {
      asked.push(word)
      return 'blˈup'
    })
    expect(asked).toEqual(['Blüp'])
    expect(reading).toEqual({ phonemes: 'ðə blˈups kˈæt', unknown: [] })

    const guessed = frontEnd.read('cat xo and xe')
    expect(guessed).toEqual({
      phonemes: 'kˈæt ˌɛksˈO ænd ˌɛksˈi',
      unknown: [
        { word: 'xo', start: 5 },
        { word: 'xe', start: 16 },
      ],
    })
  })

  it('may be named like what every object has', () => {
    expect(frontEnd.read('constructor', (word) => `${word.length}kˈæt`).phonemes).toBe('kˈæt')
  })
})

describe('ids', () => {
  it('are those of the vocabulary; what is not there is left out', () => {
    expect(frontEnd.ids(' .ж,')).toEqual([1, 2, 3])
  })
})

const ORDINARY = 'abI X-."($1:@/'

it('gives symbols of the vocabulary only, whatever the text', () => {
  const symbols = new Set(SYMBOLS)
  let state = 1
  for (let round = 0; round < 3000; round++) {
    let text = ''
    for (let length = 0; length < 30; length++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      const value = state >>> 8
      text += value % 3 === 0 ? String.fromCharCode(value % 65_536) : ORDINARY.charAt(value % ORDINARY.length)
    }
    const { phonemes } = frontEnd.read(text)
    expect(Array.from(phonemes).filter((symbol) => !symbols.has(symbol))).toEqual([])
    expect(phonemes).not.toMatch(/^\s|\s\s|\s$/)
  }
})

it('says which file is damaged', () => {
  const files = { goldLexicon: bytesOf({}), silverLexicon: bytesOf({}), vocabulary: bytesOf({}) }
  expect(() => createFrontEnd({ ...files, tagger: bytesOf({}) })).toThrow(/tagger/)
  expect(() => createFrontEnd({ ...files, tagger: bytesOf([]) })).toThrow(SyntaxError)
})
