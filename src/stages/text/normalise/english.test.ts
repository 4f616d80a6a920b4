import { describe, expect, it } from 'vitest'
import { normaliseEnglish } from './english.js'

function reads(cases: readonly (readonly [written: string, said: string])[]): void {
  it.each(cases)('%s', (written, said) => {
    expect(normaliseEnglish(written)).toBe(said)
  })
}

describe('times and dates', () => {
  reads([
    ['at 9:30am', 'at nine thirty a.m.'],
    ['at 10:00', "at ten o'clock"],
    ['12:05 pm', 'twelve oh five p.m.'],
    ['23:59', 'twenty three fifty nine'],
    ['9am-5pm', 'nine a.m. to five p.m.'],
    ['on 10/12/2019', 'on October twelfth, twenty nineteen'],
    ['on 2019-10-12', 'on October twelfth, twenty nineteen'],
    ['on 12.10.2019', 'on October twelfth, twenty nineteen'],
    ['Jan. 5th', 'January fifth'],
    ['May 4, 2020', 'May fourth, twenty twenty'],
    ['on 4 May 2020', 'on the fourth of May twenty twenty'],
    ['the 4th of July.', 'the fourth of July.'],
    ['June 5-7', 'June fifth to seventh'],
    ['March 2020', 'March twenty twenty'],
    ["the 1990s and the '80s", 'the nineteen nineties and the eighties'],
    ['I may 5 times', 'I may five times'],
  ])
})

describe('money', () => {
  reads([
    ['$5', 'five dollars'],
    ['$1', 'one dollar'],
    ['$5.99', 'five dollars and ninety nine cents'],
    ['$0.99', 'ninety nine cents'],
    ['$3.2 billion', 'three point two billion dollars'],
    ['$2M', 'two million dollars'],
    ['$10-20', 'ten to twenty dollars'],
    ['£1.01', 'one pound and one penny'],
    ['50€', 'fifty euros'],
    ['20 USD', 'twenty US dollars'],
    ['15¢', 'fifteen cents'],
    ['-$5', 'minus five dollars'],
    ['$5/month', 'five dollars per month'],
  ])
})

describe('units', () => {
  reads([
    ['5km', 'five kilometers'],
    ['1 GB', 'one gigabyte'],
    ['60 km/h', 'sixty kilometers per hour'],
    ['-5°C', 'minus five degrees Celsius'],
    ['3.5%', 'three point five percent'],
    ['5-10 kg', 'five to ten kilograms'],
    ['6\'2" tall', 'six feet two inches tall'],
    ['5 lbs. of rice', 'five pounds of rice'],
    ['plan 5 s', 'plan five s'],
    ['in 9.58 s', 'in nine point five eight seconds'],
    ['10 m² of wall', 'ten square meters of wall'],
  ])
})

describe('abbreviations', () => {
  reads([
    ['Dr. Who met Mr. Smith', 'Doctor Who met Mr Smith'],
    ['St. Paul, Elm St., Elm Dr.', 'Saint Paul, Elm Street, Elm Drive.'],
    ['No. 5, not no. 6', 'number five, not number six'],
    ['I said no.', 'I said no.'],
    ['cats vs. dogs, e.g. mine', 'cats versus dogs, for example mine'],
    ['pens, etc. at home', 'pens, etcetera at home'],
    ['pens, etc.', 'pens, etcetera.'],
    ['see pp. 5-7', 'see pages five to seven'],
    ['w/ milk, w/o sugar', 'with milk, without sugar'],
    ['in the U.S. at 5 p.m. with J.K. Rowling, Ph.D.', 'in the U.S. at five p.m. with J.K. Rowling, Ph.D.'],
  ])
})

describe('roman numerals', () => {
  reads([
    ['Chapter IV', 'Chapter four'],
    ['World War II', 'World War two'],
    ["Henry VIII's wives", "Henry the eighth's wives"],
    ['Louis XIV', 'Louis the fourteenth'],
    ['Henry I of England', 'Henry the first of England'],
    ['When James and I met', 'When James and I met'],
    ['with Mary I went', 'with Mary I went'],
    ['Queen Elizabeth I was', 'Queen Elizabeth the first was'],
    ['mix and IV', 'mix and IV'],
  ])
})

describe('telephones and addresses', () => {
  reads([
    ['555-123-4567', 'five five five, one two three, four five six seven'],
    ['+1 (415) 555-2671', 'plus one, four one five, five five five, two six seven one'],
    ['john.doe@example.com', 'john dot doe at example dot com'],
    ['https://www.example.com/foo?x=1.', 'example dot com slash foo.'],
    ['Node.js in main.ts', 'Node dot js in main dot ts'],
    ['It ended.Then it began.', 'It ended.Then it began.'],
    ['192.168.0.1', 'one nine two dot one six eight dot zero dot one'],
  ])
})

describe('numbers', () => {
  reads([
    ['1,234 of 12345', 'one thousand two hundred thirty four of twelve thousand three hundred forty five'],
    ['in 1984', 'in nineteen eighty four'],
    ['3.14', 'three point one four'],
    ['version 1.2.3', 'version one point two point three'],
    ['1/2, 3/4, 2 1/3, 5/16', 'one half, three quarters, two and one third, five sixteenths'],
    ['1½ cups, 24/7', 'one and one half cups, twenty four seven'],
    ['the 21st, a 3rd-party', 'the twenty first, a third party'],
    ['pages 10–20, 1939-1945', 'pages ten to twenty, nineteen thirty nine to nineteen forty five'],
    ['-5 and +3', 'minus five and plus three'],
    ['7-2=5', 'seven minus two equals five'],
    ['16:9 or 1920x1080', 'sixteen to nine or nineteen twenty by ten eighty'],
    [
      '007, COVID-19, SHA-256, MP3, 4K',
      'zero zero seven, COVID nineteen, SHA two fifty six, MP three, four K',
    ],
    ['a 20-minute film', 'a twenty minute film'],
  ])
})

describe('signs', () => {
  reads([
    ['#1 in #music by @user', 'number one in hashtag music by at user'],
    ['R&D in C++ and C#', 'R and D in C plus plus and C sharp'],
    ['a < b = c', 'a less than b equals c'],
    ['and/or', 'and or'],
    ['contribution(s)', 'contributions'],
    ['yes - no -- maybe', 'yes — no — maybe'],
    ['it’s ‘fine’', "it's 'fine'"],
    ['what!!!!!!!!', 'what!!!'],
    ['a  b\nc', 'a b c'],
    ['™®•', ''],
  ])
})

it('leaves plain prose as it is', () => {
  const prose = 'She said, "Well-known authors don\'t wait; they write (mostly at night)."'
  expect(normaliseEnglish(prose)).toBe(prose)
})

it('leaves no ASCII digits and never throws, whatever the text', () => {
  const alphabet = 'abI VX.,:;-–/$€%#@&+=<>()[]{}\'"°½²0123456789éЖ中\ud83d\u0301\u0000'
  let state = 7
  for (let round = 0; round < 2000; round++) {
    let text = ''
    for (let length = 0; length < 40; length++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      text += alphabet.charAt((state >>> 8) % alphabet.length)
    }
    expect(normaliseEnglish(text)).not.toMatch(/[0-9]/)
  }
})
