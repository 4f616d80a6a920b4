import { describe, expect, it } from 'vitest'
import { Tagger } from './tagger.js'

function taggerOf(weights: Record<string, Record<string, number>>): Tagger {
  const file = {
    tags: ['NN', 'VB', 'DT', 'TO', '.'],
    tagdict: { the: 'DT', to: 'TO', '.': '.' },
    vocab: ['the', 'to', 'record'],
    weights,
  }
  return new Tagger(new TextEncoder().encode(JSON.stringify(file)))
}

describe('Tagger', () => {
  it('decides by the neighbours', () => {
    const tagger = taggerOf({
      'w=record': { NN: 1, VB: 1 },
      't-1=DT': { NN: 2 },
      't-1=TO': { VB: 2 },
    })
    expect(tagger.tag(['to', 'record', 'the', 'record', '.'])).toEqual(['TO', 'VB', 'DT', 'NN', '.'])
  })

  it.each([
    ['b', ['x']],
    ['i0', ['x']],
    ['i+', ['the', 'x']],
    ['w=<Xx>', ['Blorp']],
    ['w=<XX>', ['A']],
    ['w=<xX>', ['iPhone']],
    ['w=!HYPHEN', ['a-b']],
    ['w=!YEAR', ['1984']],
    ['w=!DIGITS', ['3rd']],
    ['sh=X1', ['H2O']],
    ['sh=x.x.', ['a.m.']],
    ["sh='x", ["'s"]],
    ['p1=B', ['Blorp']],
    ['s3=orp', ['Blorp']],
    ['t-2=DT', ['the', '.', 'x']],
    ['t-12=.,DT', ['the', '.', 'x']],
    ['t-12=-START-,-START2-', ['x']],
    ['w-1=the', ['the', 'x']],
    ['w-1=-START-', ['x']],
    ['s3-1=ord', ['record', 'x']],
    ['w-2=record', ['record', '.', 'x']],
    ['w-2=-START-', ['the', 'x']],
    ['w+1=record', ['x', 'record']],
    ['w+1=-END-', ['x']],
    ['s3+1=ord', ['x', 'record']],
    ['w+2=record', ['x', '.', 'record']],
    ['w+2=-END-', ['x', '.']],
  ])('sees %s in %j', (feature, tokens) => {
    expect(taggerOf({ [feature]: { VB: 1 } }).tag(tokens)).toContain('VB')
  })

  it('says nothing new when it is asked again', () => {
    const tagger = taggerOf({ 't-1=TO': { VB: 2 }, 't-1=DT': { NN: 2 } })
    for (let round = 0; round < 3; round++) expect(tagger.tag(['to', 'x'])).toEqual(['TO', 'VB'])
  })

  it('refuses a file without weights', () => {
    const file = new TextEncoder().encode('{"tags":[],"tagdict":{},"vocab":[]}')
    expect(() => new Tagger(file)).toThrow(/"weights"/)
  })
})
