import { describe, expect, it } from 'vitest'
import { cardinal, decade, decimal, oneByOne, ordinal, year } from './number-words.js'

describe('numbers in words', () => {
  it.each([
    ['0', 'zero'],
    ['000', 'zero'],
    ['7', 'seven'],
    ['13', 'thirteen'],
    ['40', 'forty'],
    ['99', 'ninety nine'],
    ['100', 'one hundred'],
    ['1,204', 'one thousand two hundred four'],
    ['1000000', 'one million'],
    ['12,003,070', 'twelve million three thousand seventy'],
    ['1'.repeat(22), Array(22).fill('one').join(' ')],
  ])('cardinal %s', (digits, words) => {
    expect(cardinal(digits)).toBe(words)
  })

  it.each([
    ['1', 'first'],
    ['12', 'twelfth'],
    ['20', 'twentieth'],
    ['21', 'twenty first'],
    ['103', 'one hundred third'],
    ['1000', 'one thousandth'],
  ])('ordinal %s', (digits, words) => {
    expect(ordinal(digits)).toBe(words)
  })

  it.each([
    ['1984', 'nineteen eighty four'],
    ['1900', 'nineteen hundred'],
    ['1905', 'nineteen oh five'],
    ['2000', 'two thousand'],
    ['2005', 'two thousand five'],
    ['2024', 'twenty twenty four'],
    ['3000', 'three thousand'],
    ['1010', 'ten ten'],
  ])('year %s', (digits, words) => {
    expect(year(digits)).toBe(words)
  })

  it('decades, decimals and digits', () => {
    expect(decade('1990')).toBe('nineteen nineties')
    expect(decade('80')).toBe('eighties')
    expect(decade('2000')).toBe('two thousands')
    expect(decimal('1,204.50')).toBe('one thousand two hundred four point five zero')
    expect(decimal('.5')).toBe('point five')
    expect(oneByOne('007')).toBe('zero zero seven')
  })
})
