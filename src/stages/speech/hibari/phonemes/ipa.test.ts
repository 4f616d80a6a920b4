import { describe, expect, it } from 'vitest'
import { ipaToAlphabet } from './ipa.js'

describe('ipaToAlphabet', () => {
  it.each([
    ['animal', ['ˈæ', 'n', 'ɪ', 'm', 'əl', ''], 'ˈænɪmᵊl'],
    ['church', ['tʃ', 'ˈɜː', 'tʃ'], 'ʧˈɜɹʧ'],
    ['judge', ['dʒ', 'ˈʌ', 'dʒ'], 'ʤˈʌʤ'],
    ['fire', ['f', 'ˈaɪɚ'], 'fˈIəɹ'],
    ['Marie', ['m', 'ɚ', 'ɹ', 'ˈiː'], 'məɹˈi'],
    ['cotton', ['k', 'ˈɑː', 'ʔ', 'n̩'], 'kˈɑʔn'],
    ['about', ['ɐ', 'b', 'ˈaʊ', 't', '_:'], 'əbˈWt'],
    ['labial', ['l', 'ˈeɪ', 'b', 'ɪə', 'l'], 'lˈAbiəl'],
    ['boyhood', ['b', 'ˈɔɪ', 'h', 'ˌʊ', 'd'], 'bˈYhˌʊd'],
    ['nothing that is said', ['', '_', '|', 'ʘ'], ''],
  ])('%s', (_word, phonemes, symbols) => {
    expect(ipaToAlphabet(phonemes)).toBe(symbols)
  })
})
